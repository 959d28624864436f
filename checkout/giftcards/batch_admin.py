"""Batches of gift cards in the admin: a page that issues many, and their codes as a file, once."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from uuid import UUID

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from checkout.giftcards import merchant_forms, services
from checkout.giftcards.admin import IssuingAdmin
from checkout.giftcards.models import GiftCard, GiftCardBatch
from shop.core import db, requests
from shop.core.admin import NamedAdmin, PeriodFilter


@admin.register(GiftCardBatch)
class GiftCardBatchAdmin(IssuingAdmin, NamedAdmin):
    list_display = ["created_at", "name", "count", "amount_text", "expires_at", "shown_at", "who"]
    list_filter = [PeriodFilter]
    sortable_by = ["created_at"]
    fields = ["name", "count", "amount_text", "expires_at", "who", "created_at", "shown_at"]
    change_form_template = "admin/checkout/giftcard/batch.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("issue/", view(self.issue), name="checkout_giftcardbatch_issue"),
            path("<uuid:batch_id>/codes.csv", view(self.codes), name="checkout_giftcardbatch_codes"),
        ]
        return [*own, *super().get_urls()]

    @display(description=gettext_lazy("amount"))
    def amount_text(self, batch: GiftCardBatch) -> str:
        return batch.amount.format()

    def issue(self, request: HttpRequest) -> HttpResponse:
        """GET asks, POST issues the cards; the codes are on the page that it leads to."""
        self._may(request)
        form = merchant_forms.BatchForm(request.POST or None, initial={"key": db.uuid7()})
        back = reverse("admin:checkout_giftcardbatch_changelist")
        if request.method == "POST" and form.is_valid():
            given = form.cleaned_data
            try:
                batch = services.issue_batch(
                    batch_id=given["key"], name=given["name"], count=given["count"], amount=given["money"],
                    expires_at=given["expires_at"], by=requests.actor(request),
                )  # fmt: skip
            except services.KeyReused:
                form.add_error(None, _("This form was used already. Please open it anew."))
            else:
                messages.success(request, _("The gift cards are issued. Download their codes now."))
                return HttpResponseRedirect(reverse("admin:checkout_giftcardbatch_change", args=[batch.pk]))
        return self._form_page(request, _("Issue many gift cards"), form, back)

    def codes(self, request: HttpRequest, batch_id: UUID) -> HttpResponseBase:
        """POST: the codes as a file, once."""
        self._may(request)
        page = reverse("admin:checkout_giftcardbatch_change", args=[batch_id])
        found = services.codes(batch_id=batch_id, by=requests.actor(request)) if request.method == "POST" else None
        if found is None:
            messages.error(request, _("These codes were shown before, and are shown only once."))
            return HttpResponseRedirect(page)
        headers = {"Content-Disposition": f'attachment; filename="gift-cards-{batch_id}.csv"'}
        return StreamingHttpResponse(_csv(found), "text/csv", headers=headers)


class _Echo:
    """A file of which each row that is written is given back."""

    def write(self, row: str) -> str:
        return row


def _csv(found: list[tuple[str, GiftCard]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(["code", "amount", "currency", "valid_until"])
    for code, card in found:
        until = card.expires_at.isoformat() if card.expires_at else ""
        yield writer.writerow([code, str(card.initial.decimal), card.currency, until])
