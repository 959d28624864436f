"""Store credit in the admin: balances and entries to look at, and one page that changes them with a reason."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from checkout.storecredit import forms, services
from checkout.storecredit.models import CreditAccount, CreditEntry
from shop.accounts import selectors as accounts
from shop.core import db, requests
from shop.core.admin import KeysetAdmin, PeriodFilter, ReadOnlyAdmin, as_id

GRANT = "checkout.grant_credit"


@admin.register(CreditAccount)
class CreditAccountAdmin(ReadOnlyAdmin):
    list_display = ["customer", "balance_text", "updated_at"]
    list_filter = ["currency"]
    ordering = ["-updated_at"]
    search_fields = ["=customer_id"]
    change_list_template = "admin/checkout/creditaccount/list.html"

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.change_credit)
        return [path("change/", page, name="checkout_creditaccount_give"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return super().changelist_view(request, {**(extra_context or {}), "may_give": request.user.has_perm(GRANT)})

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """By the customer's whole e-mail address."""
        if "@" in search_term:
            return queryset.filter(customer_id=accounts.with_email(search_term)), False
        return super().get_search_results(request, queryset, search_term)

    @display(description=gettext_lazy("customer"))
    def customer(self, account: CreditAccount) -> str:
        return self._names(account)

    @display(description=gettext_lazy("balance"), ordering="balance_minor")
    def balance_text(self, account: CreditAccount) -> str:
        return account.balance.format()

    def _names(self, account: CreditAccount) -> str:
        actor = f"customer:{account.customer_id}"
        return accounts.names_of([actor])[actor]

    def change_credit(self, request: HttpRequest) -> HttpResponse:
        """GET asks, POST gives credit or takes it back."""
        if not request.user.has_perm(GRANT):
            raise PermissionDenied
        form = forms.ChangeForm(request.POST or None, initial={"key": db.uuid7(), **request.GET.dict()})
        if request.method == "POST" and form.is_valid() and self._save(request, form):
            return HttpResponseRedirect(reverse("admin:checkout_creditaccount_changelist"))
        context = {
            **self.admin_site.each_context(request), "title": _("Store credit"), "form": form, "opts": self.opts
        }  # fmt: skip
        return TemplateResponse(request, "admin/checkout/creditaccount/change.html", context)

    def _save(self, request: HttpRequest, form: forms.ChangeForm) -> bool:
        given = form.cleaned_data
        command = services.grant if given["direction"] == "grant" else services.withdraw
        try:
            entry = command(
                customer_id=given["customer_id"], amount=given["money"], reason=given["reason"],
                document=given["document"], key=f"staff:{given['key']}", by=requests.actor(request),
            )  # fmt: skip
        except services.NotEnough as error:
            form.add_error("amount", _("There are only %(left)s.") % {"left": error.left.format()})
            return False
        except services.KeyReused:
            form.add_error(None, _("This form was used already. Please open it anew."))
            return False
        messages.success(request, _("The balance is %(balance)s now.") % {"balance": entry.account.balance.format()})
        return True


@admin.register(CreditEntry)
class CreditEntryAdmin(KeysetAdmin):
    list_display = ["at", "account", "kind", "amount_text", "reason", "document", "actor"]
    list_filter = ["kind", PeriodFilter]
    sortable_by = ["at"]
    list_select_related = ["account"]
    search_fields = ["document", "account__customer_id"]
    search_help_text = gettext_lazy("A whole document's name, or a customer's id or e-mail address")

    def find(self, request: HttpRequest, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        customer_id = accounts.with_email(term) if "@" in term else as_id(term)
        if customer_id is None:
            return queryset.filter(document=term)
        return queryset.filter(account__in=list(CreditAccount.objects.filter(customer_id=customer_id)))

    @display(description=gettext_lazy("change"))
    def amount_text(self, entry: CreditEntry) -> str:
        return entry.amount.format()
