"""Print jobs in the admin: ask for papers, see how far they are, fetch the file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.files.storage import storages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from unfold.decorators import display

from checkout.orders.transitions import FULFIL
from checkout.warehouse import printing, selectors
from checkout.warehouse.forms import PrintForm
from checkout.warehouse.models import PickWave, PrintJob
from shop.accounts import selectors as accounts
from shop.core import requests
from shop.core.admin import KeysetAdmin

Kind, Status = PrintJob.Kind, PrintJob.Status


def print_papers(
    request: HttpRequest, shipment_ids: Sequence[UUID], *, kind: str = Kind.BOTH, wave: PickWave | None = None
) -> HttpResponse | None:
    """Ask for papers and go to the page of the job; None, with a message, if not. Labels lie as last time."""
    if not request.user.has_perm(FULFIL):
        raise PermissionDenied
    layout = request.session.get("labels_on_a_sheet", 1)
    try:
        job = printing.ask(
            kind=kind, shipment_ids=shipment_ids, wave=wave, on_a_sheet=layout, by=requests.actor(request)
        )
    except printing.PrintRefused as refused:
        messages.error(request, str(refused))
        return None
    return HttpResponseRedirect(reverse("admin:checkout_printjob_change", args=[job.pk]))


@admin.register(PrintJob)
class PrintJobAdmin(KeysetAdmin):
    list_display = ["what", "state", "papers", "created_at", "expires_at"]
    list_filter = ["status", "kind"]
    sortable_by = ["created_at"]
    change_form_template = "admin/checkout/warehouse/print_job.html"

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm(FULFIL))

    has_module_permission = has_view_permission

    def get_urls(self) -> list[URLPattern]:
        file = path("<uuid:job_id>/file/", self.admin_site.admin_view(self.file), name="checkout_printjob_file")
        return [file, *super().get_urls()]

    @display(description=_lazy("papers"))
    def what(self, job: PrintJob) -> str:
        return str(job.get_kind_display())

    @display(
        description=_lazy("status"),
        label={"waiting": "info", "running": "warning", "done": "success", "failed": "danger", "expired": "info"},
    )  # fmt: skip
    def state(self, job: PrintJob) -> tuple[str, str]:
        return job.status, str(job.get_status_display())

    @display(description=_lazy("sheets drawn"))
    def papers(self, job: PrintJob) -> str:
        return _("%(done)d of %(total)d") % {"done": job.done, "total": job.total}

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Which papers, of the parcels named in the address (`shipments`, ids with commas) or ticked in a list."""
        if not self.has_view_permission(request):
            return HttpResponse(status=403)
        parcels = selectors.parcels(chosen(request))
        is_answer = request.method == "POST" and "kind" in request.POST
        layout = request.session.get("labels_on_a_sheet", 1)
        form = PrintForm(request.POST if is_answer else None, initial={"on_a_sheet": layout})
        if is_answer and form.is_valid():
            request.session["labels_on_a_sheet"] = form.cleaned_data["on_a_sheet"]
            answer = print_papers(request, [one.pk for one in parcels], kind=form.cleaned_data["kind"])
            if answer:
                return answer
        context = {
            **self.admin_site.each_context(request), "title": _("Print"), "form": form, "parcels": parcels,
            "opts": self.opts,
        }  # fmt: skip
        return TemplateResponse(request, "admin/checkout/warehouse/print.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """How far it is, and the file once there is one. Asked by htmx, only the part that changes."""
        job = self.get_object(request, object_id)
        if job is None or not self.has_view_permission(request, job):
            return super().change_view(request, object_id, form_url, extra_context)
        is_under_way = job.status in (Status.WAITING, Status.RUNNING)
        context = {
            "job": job, "is_under_way": is_under_way, "title": str(job.get_kind_display()), "opts": self.opts,
            "percent": 100 * job.done // job.total if job.total else 0,
        }  # fmt: skip
        if request.headers.get("HX-Request"):
            return TemplateResponse(request, "admin/checkout/warehouse/_job.html", context)
        context |= {**self.admin_site.each_context(request), "actor": accounts.names_of([job.actor])[job.actor]}
        return TemplateResponse(request, self.change_form_template, context)

    def file(self, request: HttpRequest, job_id: UUID) -> HttpResponse:
        """The PDF, shown by the browser."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        job = selectors.print_job(job_id)
        if job is None or job.status != Status.DONE or not storages["private"].exists(job.file):
            raise Http404
        with storages["private"].open(job.file) as file:
            answer = HttpResponse(file.read(), content_type="application/pdf")
        name = f"{slugify(job.get_kind_display())}-{job.created_at:%Y%m%d-%H%M}.pdf"
        shown = "attachment" if "download" in request.GET else "inline"
        answer["Content-Disposition"] = f'{shown}; filename="{name}"'
        answer["Cache-Control"] = "private, no-store"
        return answer


def chosen(request: HttpRequest) -> list[UUID]:
    """The parcels that are meant. What is no id is left out."""
    if request.method == "POST":
        named = request.POST.getlist("shipment") + request.POST.getlist("_selected_action")
    else:
        named = request.GET.get("shipments", "").split(",")
    found = []
    for one in named:
        try:
            found.append(UUID(one))
        except ValueError:
            continue
    return found
