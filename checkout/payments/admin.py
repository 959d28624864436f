"""Payments, refunds and providers' messages in the admin: to look at. Money moves on the order's page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, get_args
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.decorators import display

from checkout.payments import rules, selectors
from checkout.payments import services as payments
from checkout.payments.models import Capture, Payment, PaymentEvent, PaymentOptions, ProviderEvent, Refund
from checkout.payments.providers import PROVIDERS
from checkout.payments.providers.base import FactKind
from shop.accounts import selectors as accounts
from shop.core import db, iban, requests
from shop.core.admin import KeysetAdmin, PeriodFilter
from shop.core.money import Money

SEARCHED = gettext_lazy("The beginning of an order number or e-mail address, or the provider's reference of a payment")


class ProviderFilter(admin.SimpleListFilter):
    """Of those that the shop knows: asking the table which it has would read all of it."""

    title = gettext_lazy("provider")
    parameter_name = "provider"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(code, code) for code in PROVIDERS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(provider=self.value()) if self.value() in PROVIDERS else queryset


class KindFilter(admin.SimpleListFilter):
    """The same for the kinds of facts."""

    title = gettext_lazy("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(kind, kind) for kind in get_args(FactKind)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(kind=self.value()) if self.value() in get_args(FactKind) else queryset


class MoneyAdmin(KeysetAdmin):
    """What the lists and pages of payments, refunds and captures share."""

    class Media:
        css = {"all": ["css/admin-order.css"]}

    @display(description=gettext_lazy("order"))
    def order_number(self, row: Refund | Capture) -> SafeString:
        return _link("checkout_order", row.order_id, row.payment.order.number)

    @display(description=gettext_lazy("amount"))
    def amount_text(self, row: Any) -> str:
        return str(row.amount.format())

    @display(description=gettext_lazy("by"))
    def actor_name(self, row: Any) -> str:
        """Whose it was, by name: the rows of a list all with one query."""
        names: dict[str, str] = getattr(row, "names", None) or accounts.names_of([row.actor])
        return names[row.actor]

    def find(self, request: HttpRequest, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        return queryset.filter(payment_id__in=selectors.ids_named(term))


class NamedAdmin(MoneyAdmin):
    """With a column of who did it."""

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        found = super().get_changelist_instance(request)
        names = accounts.names_of(row.actor for row in found.result_list)
        for row in found.result_list:
            row.names = names
        return found


@admin.register(Payment)
class PaymentAdmin(MoneyAdmin):
    list_display = ["created_at", "order", "provider", "amount_text", "status", "reference"]
    sortable_by = ["created_at"]
    list_filter = ["status", ProviderFilter, PeriodFilter]
    list_select_related = ["order"]
    search_fields = ["order__number", "reference"]
    search_help_text = SEARCHED
    fields = [
        "order", "method", "provider", "status", "amount_text", "held", "taken", "given_back", "as_credit",
        "called_back", "capture_when", "reference", "message", "decline_code", "told", "is_kept", "attempts",
        "created_at", "updated_at",
    ]  # fmt: skip

    @display(description=gettext_lazy("held in all"))
    def held(self, payment: Payment) -> str:
        return Money(payment.authorised_minor, payment.currency).format()

    @display(description=gettext_lazy("taken"))
    def taken(self, payment: Payment) -> str:
        return Money(payment.captured_minor, payment.currency).format()

    @display(description=gettext_lazy("given back"))
    def given_back(self, payment: Payment) -> str:
        return Money(payment.refunded_minor, payment.currency).format()

    @display(description=gettext_lazy("of it as store credit"))
    def as_credit(self, payment: Payment) -> str:
        return Money(payment.credited_minor, payment.currency).format()

    @display(description=gettext_lazy("called back by the bank"))
    def called_back(self, payment: Payment) -> str:
        return Money(payment.disputed_minor, payment.currency).format()

    @display(description=gettext_lazy("told to the shopper"))
    def told(self, payment: Payment) -> str:
        """How to send the money, for those who send it themselves."""
        return ", ".join(f"{name}: {iban.in_fours(value)}" for name, value in payment.instructions.items()) or "–"

    @display(description=gettext_lazy("card kept for next time"), boolean=True)
    def is_kept(self, payment: Payment) -> bool:
        return payment.is_saving

    def find(self, request: HttpRequest, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        return queryset.filter(pk__in=selectors.ids_named(term))


@admin.register(PaymentEvent)
class PaymentEventAdmin(MoneyAdmin):
    list_display = ["at", "kind", "amount_text", "reference", "source"]
    fields = ["payment", "kind", "amount_text", "reference", "source", "occurred_at", "at"]
    sortable_by = ["at"]
    list_filter = [KindFilter, PeriodFilter]
    search_fields = ["payment__order__number", "payment__reference"]
    search_help_text = SEARCHED

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        found = super().get_changelist_instance(request)
        added = _added(found.result_list)
        for row in found.result_list:
            row.added = added[row.pk]
        return found

    @display(description=gettext_lazy("amount"))
    def amount_text(self, row: PaymentEvent) -> str:
        """What it added, where its provider tells what came in all."""
        found: Money = getattr(row, "added", None) or _added([row])[row.pk]
        return found.format()


@admin.register(Refund)
class RefundAdmin(NamedAdmin):
    list_display = ["created_at", "order_number", "amount_text", "status", "reason", "actor_name"]
    fields = [
        "order_number", "payment", "amount_text", "destination", "reason", "status", "reference", "actor_name",
        "attempt", "repeated", "created_at",
    ]  # fmt: skip
    sortable_by = ["created_at"]
    list_filter = ["status", PeriodFilter]
    list_select_related = ["payment__order"]
    search_fields = ["payment__order__number", "payment__reference"]
    search_help_text = SEARCHED
    actions = ["record_sent", "try_again"]

    @display(description=gettext_lazy("repeats"))
    def repeated(self, refund: Refund) -> SafeString | str:
        return _link("checkout_refund", refund.retry_of, _("the one that failed")) if refund.retry_of else "–"

    def has_record_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("checkout.record_payment"))

    def has_refund_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("checkout.refund_order"))

    @admin.action(description=gettext_lazy("Try again"), permissions=["refund"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Ask once more for these refunds that failed."""
        for refund in queryset:
            try:
                again = payments.try_again(refund_id=refund.pk, by=requests.actor(request))
            except payments.RefundRefused as refusal:
                messages.error(request, str(refusal))
            else:
                told = {"refund": refund.amount.format()}
                sentence = _("%(refund)s is asked for again.") if again else _("%(refund)s was left as it is.")
                messages.success(request, sentence % told)

    @admin.action(description=gettext_lazy("Record as sent by transfer or handed out in cash"), permissions=["record"])
    def record_sent(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """The merchant has sent these refunds from the bank account, or handed them out."""
        for refund in queryset:
            try:
                payments.record_returned(refund_id=refund.pk, at=db.clock(), by=requests.actor(request))
            except payments.PaymentRefused as refusal:
                messages.error(request, str(refusal))
            else:
                messages.success(
                    request, _("%(refund)s is recorded as given back.") % {"refund": refund.amount.format()}
                )


@admin.register(Capture)
class CaptureAdmin(NamedAdmin):
    list_display = ["created_at", "order_number", "amount_text", "is_final", "status", "problem", "actor_name"]
    fields = ["order_number", "payment", "amount_text", "is_final", "status", "problem", "actor_name", "created_at"]
    sortable_by = ["created_at"]
    list_filter = ["status", PeriodFilter]
    list_select_related = ["payment__order"]
    search_fields = ["payment__order__number", "payment__reference"]
    search_help_text = SEARCHED


@admin.register(PaymentOptions)
class PaymentOptionsAdmin(ModelAdmin):  # type: ignore[misc]
    """The merchant's choices for all payments: one row, changed and never deleted."""

    list_display = ["__str__", "capture_when"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not PaymentOptions.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: PaymentOptions, form: Any, change: bool) -> None:
        payments.choose_capture(when=obj.capture_when, by=requests.actor(request))


@admin.register(ProviderEvent)
class ProviderEventAdmin(KeysetAdmin):
    list_display = ["received_at", "provider", "event_type", "reference", "processed_at", "attempts", "last_error"]
    sortable_by = ["received_at"]
    list_filter = [("processed_at", admin.EmptyFieldListFilter), PeriodFilter]
    search_fields = ["event_id", "reference"]
    search_help_text = gettext_lazy("The provider's name of the message, or of the payment")

    def find(self, request: HttpRequest, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        return queryset.filter(Q(provider__in=PROVIDERS, event_id=term) | Q(reference=term))


def _added(rows: Iterable[PaymentEvent]) -> dict[UUID, Money]:
    """What each of these facts added to its payment, by its id. One query where one of them tells a sum."""
    shown = {row.pk: row for row in rows}
    summed = {row.payment_id for row in shown.values() if rules.happening(row.reference) != row.reference}
    told = PaymentEvent.objects.filter(payment_id__in=summed, kind="captured") if summed else ()
    events = list(({one.pk: one for one in told} | shown).values())
    added = rules.added([rules.Entry(one.kind, one.reference, one.amount_minor) for one in events])
    return {one.pk: Money(minor, one.currency) for one, minor in zip(events, added, strict=True)}


def _link(page: str, key: UUID, name: str) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse(f"admin:{page}_change", args=[key]), name)
