"""The ledger in the admin: to look at, by order, by account; and each account's balance, on a page of its own."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action, display

from checkout.ledger import labels, selectors
from checkout.ledger.models import LedgerEntry
from shop.core import keyset, links
from shop.core.admin import KeysetAdmin, KeysetList, PeriodFilter, ValueFilter, as_id
from shop.core.links import Link


class NamedList(KeysetList):
    """A page of entries, each with the link of its order (`shop.core.links`): one query for all of them."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        found = links.links(f"order:{row.order_id}" for row in self.result_list if row.order_id)
        for row in self.result_list:
            row.order_link = found.get(f"order:{row.order_id}")


class CurrencyFilter(ValueFilter):
    title = gettext_lazy("currency")
    parameter_name = "currency"


class AccountFilter(ValueFilter):
    title = gettext_lazy("to")
    parameter_name = "debit"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(code, labels.account(code)) for code, _name in super().lookups(request, model_admin)]


@admin.register(LedgerEntry)
class LedgerEntryAdmin(KeysetAdmin):
    list_display = ["at", "to_name", "from_name", "amount_text", "is_reversal", "order"]
    list_filter = [CurrencyFilter, "is_reversal", AccountFilter, PeriodFilter]
    sortable_by = ["at"]
    search_fields = ["order_id", "payment_id", "debit", "credit"]
    search_help_text = gettext_lazy("The whole id of an order or a payment, or the whole name of an account")
    actions_list = ["balances"]
    fields = ["at", "amount_text", "to", "credited", "is_reversal", "order"]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[KeysetList]:
        return NamedList

    def find(self, request: HttpRequest, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        found = as_id(term)
        if found:
            return queryset.filter(Q(order_id=found) | Q(payment_id=found))
        codes = _codes(term, queryset.db)
        return queryset.filter(Q(debit__in=codes) | Q(credit__in=codes))

    @display(description=gettext_lazy("order"))
    def order(self, entry: LedgerEntry) -> str:
        name = f"order:{entry.order_id}"
        link: Link | None = entry.order_link if hasattr(entry, "order_link") else links.links([name]).get(name)
        return link.html if link else ""

    @display(description=gettext_lazy("to"))
    def to_name(self, entry: LedgerEntry) -> str:
        return labels.account(entry.debit)

    @display(description=gettext_lazy("from"))
    def from_name(self, entry: LedgerEntry) -> str:
        return labels.account(entry.credit)

    @display(description=gettext_lazy("to"))
    def to(self, entry: LedgerEntry) -> str:
        return f"{labels.account(entry.debit)} – {entry.debit}"

    @display(description=gettext_lazy("from"))
    def credited(self, entry: LedgerEntry) -> str:
        return f"{labels.account(entry.credit)} – {entry.credit}"

    @display(description=gettext_lazy("amount"))
    def amount_text(self, entry: LedgerEntry) -> str:
        return entry.amount.format()

    @action(description=gettext_lazy("Balances"), url_path="balances", permissions=["view"])
    def balances(self, request: HttpRequest) -> HttpResponse:
        """Every account's balance: sums over all entries, which no page of the list has to wait for."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request), "title": _("Balances"), "opts": self.opts,
            "balances": selectors.balances(),
        }  # fmt: skip
        return TemplateResponse(request, "admin/checkout/ledger_balances.html", context)


def _codes(term: str, using: str) -> list[str]:
    """The accounts that are called so, by code or by name; they are few."""
    known = {code for side in ("debit", "credit") for code in keyset.values(LedgerEntry, side, using)}
    return [code for code in sorted(known) if term.casefold() in (code.casefold(), labels.account(code).casefold())]
