"""Invoices and credit notes in the admin: to look at and to print; the merchant's details: to change."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.decorators import action, display

from checkout.invoices import answers, pdf, sample, selectors
from checkout.invoices import services as invoices
from checkout.invoices.forms import InvoiceDetailsForm, ReissueForm
from checkout.invoices.models import Document, InvoiceDetails
from checkout.orders import emails
from shop.core import links, requests
from shop.core.admin import KeysetAdmin, PeriodFilter
from shop.core.money import Money

REISSUE = "checkout.add_document"  # Django's own permission to add papers: nobody types one in, this issues them


@admin.register(Document)
class DocumentAdmin(KeysetAdmin):
    list_display = ["number", "issued_on", "kind_badge", "order_number", "gross_text"]
    list_display_links = ["number"]
    list_filter = ["kind", PeriodFilter]
    search_fields = ["number__exact", "order_number__startswith"]  # as the indexes have them
    search_help_text = gettext_lazy("A number, or the beginning of an order number")
    change_form_template = "admin/checkout/document/page.html"

    @display(description=gettext_lazy("kind"), label={"invoice": "info", "credit_note": "warning"})
    def kind_badge(self, document: Document) -> tuple[str, str]:
        return document.kind, str(document.get_kind_display())

    @display(description=gettext_lazy("total"))
    def gross_text(self, document: Document) -> str:
        return document.gross.format()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Document]:
        return super().get_queryset(request).defer("content", "pdf")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("<uuid:document_id>/pdf/", view(self.file), name="checkout_document_pdf"),
            path("<uuid:document_id>/reissue/", view(self.reissue), name="checkout_document_reissue"),
        ]
        return [*own, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        document = get_object_or_404(Document.objects.defer("pdf"), pk__in=links.ids([object_id]))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"{document.get_kind_display()} {document.number}",
            "document": document,
            "rows": _rows(document),
            "taxes": _taxes(document),
            "billing": emails.address_lines(document.content["billing_address"]),
            "others": [one for one in selectors.documents_of(document.order_id) if one.pk != document.pk],
            "may_reissue": request.user.has_perm(REISSUE) and selectors.is_in_force(document),
        }
        return TemplateResponse(request, self.change_form_template, context)

    def reissue(self, request: HttpRequest, document_id: UUID) -> HttpResponse:
        """Ask for the right address and why, then credit the invoice and issue another one."""
        if not request.user.has_perm(REISSUE):
            raise PermissionDenied
        document = get_object_or_404(selectors.light(), pk=document_id)
        papers = selectors.complete(document.order_id)
        billed = papers[-1].content["billing_address"]
        form = ReissueForm(request.POST or None, initial={**billed, "seen": papers[-1].number})
        if request.method == "POST" and form.is_valid():
            try:
                issued = invoices.reissue(
                    order_id=document.order_id, seen=form.cleaned_data["seen"], billing_address=form.address,
                    reason=form.cleaned_data["reason"], by=requests.actor(request),
                )  # fmt: skip
                numbers = ", ".join(sorted(one.number for one in issued))
                messages.success(
                    request, _("%(numbers)s are issued and go to the buyer by mail.") % {"numbers": numbers}
                )
                return HttpResponseRedirect(reverse("admin:checkout_document_change", args=[issued[-1].pk]))
            except invoices.ReissueRefused as refused:
                form.add_error(None, str(refused))
        title = _("Invoice order %(number)s anew") % {"number": document.order_number}
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": title, "document": document,
                   "form": form}  # fmt: skip
        return TemplateResponse(request, "admin/checkout/document/reissue.html", context)

    def file(self, request: HttpRequest, document_id: UUID) -> HttpResponse:
        """The PDF as it was stored."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        document = get_object_or_404(selectors.light(), pk=document_id)
        return answers.pdf(document.number, invoices.pdf(document))


def _rows(document: Document) -> list[dict[str, Any]]:
    """Its lines, as the page shows them."""
    return [
        {
            "name": row["name"] or _("Goodwill"),
            "sku": row["sku"],
            "units": row["units"],
            "net": Money(row["net"], document.currency),
            "tax": Money(row["tax"], document.currency),
            "gross": Money(row["gross"], document.currency),
        }
        for row in document.content["lines"]
    ]


def _taxes(document: Document) -> list[tuple[str, Money]]:
    found = [(pdf.tax_name(tax), tax["tax"]) for tax in document.content["taxes"] if tax["name"] or tax["tax"]]
    return [(name, Money(minor, document.currency)) for name, minor in found]


@admin.register(InvoiceDetails)
class InvoiceDetailsAdmin(ModelAdmin):  # type: ignore[misc]
    """What papers say of the merchant: one row, changed and never deleted."""

    form = InvoiceDetailsForm
    fieldsets = [
        (gettext_lazy("Who we are"), {"fields": ["name", "address", "logo", "email", "phone", "website"]}),
        (gettext_lazy("Taxes and register"), {"fields": ["vat_id", "tax_number", "registration"]}),
        (gettext_lazy("Bank account and last words"), {"fields": ["bank", "footer"]}),
        (
            gettext_lazy("Numbers and dates"),
            {"fields": ["invoice_series", "credit_note_series", "issue_when", "language", "time_zone", "paper"]},
        ),
    ]
    actions_detail = ["preview"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not InvoiceDetails.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """There is one row: straight to it, or to the empty form while nobody has filled it in."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        there = InvoiceDetails.objects.exists()
        page = "change" if there else "add"
        return HttpResponseRedirect(reverse(f"admin:checkout_invoicedetails_{page}", args=[1] if there else []))

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        blank = selectors.details()
        return {"name": blank.name, "bank": blank.bank, "time_zone": blank.time_zone}

    def save_model(self, request: HttpRequest, obj: InvoiceDetails, form: Any, change: bool) -> None:
        invoices.save_details(details=obj, by=requests.actor(request))

    @action(description=gettext_lazy("Preview an invoice"), url_path="preview", permissions=["view"])
    def preview(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """A made-up invoice with the details as they are saved; it has no number and is not kept."""
        return answers.pdf("preview", sample.invoice(selectors.details()))
