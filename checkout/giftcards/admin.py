"""Gift cards in the admin: balances and what changed them to look at; pages that issue one, many, or change one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Q, QuerySet, When
from django.db.models.functions import Now
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from checkout.giftcards import merchant_forms, rules, selectors, services
from checkout.giftcards.models import GiftCard
from checkout.orders import selectors as orders
from shop.core import actors, db, requests
from shop.core.admin import KeysetAdmin, PeriodFilter, ValueFilter, as_id

ISSUE = "checkout.issue_giftcard"


class CurrencyFilter(ValueFilter):
    title = gettext_lazy("currency")
    parameter_name = "currency"


class EndedFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "ended"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", gettext_lazy("ended"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(is_active=False) if self.value() else queryset


class IssuingAdmin(KeysetAdmin):
    """A list with a page of its own that issues what it lists."""

    list_before_template = "admin/checkout/giftcard/_issue.html"
    issue_name = ""

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        shown = {"may_issue": request.user.has_perm(ISSUE)}
        return super().changelist_view(request, {**(extra_context or {}), **shown})

    def _may(self, request: HttpRequest) -> None:
        if not request.user.has_perm(ISSUE):
            raise PermissionDenied

    def _form_page(self, request: HttpRequest, title: str, form: forms.Form, back: str, **more: Any) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request), "title": title, "form": form, "opts": self.opts, "back": back,
            **more,
        }  # fmt: skip
        return TemplateResponse(request, "admin/checkout/giftcard/form.html", context)


@admin.register(GiftCard)
class GiftCardAdmin(IssuingAdmin):
    list_display = ["created_at", "ending", "balance_text", "initial_text", "valid_until", "state", "recipient"]
    list_filter = [CurrencyFilter, EndedFilter, PeriodFilter]
    sortable_by = ["created_at"]
    search_fields = ["last4"]
    search_help_text = gettext_lazy(
        "The last four signs of the code, a whole e-mail address, an order's number, or an id"
    )
    fields = [
        "ending", "state_text", "balance_text", "initial_text", "valid_until", "recipient", "mailed_at", "origin",
        "created_at", "history",
    ]  # fmt: skip
    OF_PRESENTS = ("recipient_name", "message", "send_on")
    change_form_template = "admin/checkout/giftcard/card.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("issue/", view(self.issue), name="checkout_giftcard_issue"),
            path("<uuid:card_id>/adjust/", view(self.adjust), name="checkout_giftcard_adjust"),
        ]
        return [*own, *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        over = Case(When(expires_at__lte=Now(), then=True), default=False)
        return super().get_queryset(request).annotate(is_over=over)

    def find(self, request: HttpRequest, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        if found := as_id(term):
            return queryset.filter(Q(pk=found) | Q(order_id=found))
        if "@" in term:
            return queryset.filter(recipient=term)
        if len(term) == rules.GROUP:
            return queryset.filter(last4=term.upper())
        named = orders.ids_named(term, limit=20)
        return queryset.filter(order_id__in=named) if named else queryset.none()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What was said of a card for somebody else stands behind whom it goes to."""
        place = self.fields.index("recipient") + 1
        more = self.OF_PRESENTS if obj and obj.sender else ()
        return [*self.fields[:place], *more, *self.fields[place:]]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        shown = {"may_issue": request.user.has_perm(ISSUE)}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **shown})

    @display(description=gettext_lazy("code"))
    def ending(self, card: GiftCard) -> str:
        return f"•••• {card.last4}"

    @display(description=gettext_lazy("balance"))
    def balance_text(self, card: GiftCard) -> str:
        return card.balance.format()

    @display(description=gettext_lazy("issued with"))
    def initial_text(self, card: GiftCard) -> str:
        return card.initial.format()

    @display(description=gettext_lazy("valid until"))
    def valid_until(self, card: GiftCard) -> Any:
        return card.expires_at

    @display(
        description=gettext_lazy("state"),
        label={"valid": "success", "ended": "danger", "expired": "warning", "spent": "info", "blocked": "warning"},
    )
    def state(self, card: GiftCard) -> tuple[str, str]:
        if not card.is_active:
            return "ended", _("ended")
        if card.blocked_for:
            return "blocked", _("being returned")
        if card.is_over:  # type: ignore[attr-defined]
            return "expired", _("expired")
        return ("valid", _("valid")) if card.balance_minor else ("spent", _("nothing left"))

    @display(description=gettext_lazy("state"))
    def state_text(self, card: GiftCard) -> str:
        return self.state(card)[1]

    @display(description=gettext_lazy("from"))
    def origin(self, card: GiftCard) -> str:
        if card.batch is not None:
            return card.batch.name
        return _("Bought with an order") if card.order_id else _("Issued by staff")

    @display(description=gettext_lazy("what came and went"))
    def history(self, card: GiftCard) -> str:
        entries = selectors.history(card.pk)
        names = actors.names(entry.actor for entry in entries)
        rows = [{"entry": entry, "who": names[entry.actor]} for entry in entries]
        return render_to_string("admin/checkout/giftcard/_history.html", {"rows": rows})

    def issue(self, request: HttpRequest) -> HttpResponse:
        """GET asks, POST issues a card: its code goes to an e-mail address, or is shown once."""
        self._may(request)
        form = merchant_forms.IssueForm(request.POST or None, initial={"key": db.uuid7()})
        back = reverse("admin:checkout_giftcard_changelist")
        if request.method != "POST" or not form.is_valid():
            return self._form_page(request, _("Issue a gift card"), form, back)
        given = form.cleaned_data
        is_known = GiftCard.objects.filter(pk=given["key"]).exists()
        try:
            card = services.issue(
                card_id=given["key"], amount=given["money"], recipient=given["email"], reason=given["reason"],
                expires_at=given["expires_at"], by=requests.actor(request),
            )  # fmt: skip
        except services.KeyReused:
            form.add_error(None, _("This form was used already. Please open it anew."))
            return self._form_page(request, _("Issue a gift card"), form, back)
        if given["email"] or is_known:
            messages.success(request, _("The gift card is issued."))
            return HttpResponseRedirect(reverse("admin:checkout_giftcard_change", args=[card.pk]))
        context = {
            **self.admin_site.each_context(request), "title": _("The gift card is issued."), "opts": self.opts,
            "card": card, "code": rules.grouped(card.code),
        }  # fmt: skip
        return TemplateResponse(request, "admin/checkout/giftcard/issued.html", context)

    def adjust(self, request: HttpRequest, card_id: UUID) -> HttpResponse:
        """GET asks, POST changes a card: its balance, whether it can be spent, or sends its code again."""
        self._may(request)
        card = GiftCard.objects.filter(pk=card_id).first()
        if card is None:
            raise Http404
        acts = {"add", "withdraw", "end" if card.is_active else "reopen"} | (
            {"mail", "address"} if card.recipient else set()
        )
        form = merchant_forms.ChangeForm(
            request.POST or None, currency=card.currency, acts=acts, initial={"key": db.uuid7()}
        )
        back = reverse("admin:checkout_giftcard_change", args=[card_id])
        if request.method == "POST" and form.is_valid() and self._change(request, card, form):
            return HttpResponseRedirect(back)
        title = _("Gift card •••• %(last4)s") % {"last4": card.last4}
        return self._form_page(request, title, form, back, about=_("There is %(amount)s on it.") % {
            "amount": card.balance.format()
        })  # fmt: skip

    def _change(self, request: HttpRequest, card: GiftCard, form: merchant_forms.ChangeForm) -> bool:
        given, by = form.cleaned_data, requests.actor(request)
        act = given["act"]
        if act in ("add", "withdraw"):
            return self._move(request, card, form, by)
        if act == "mail":
            is_sent = services.send_again(card_id=card.pk, by=by)
            text = _("It is on its way.") if is_sent else _("It was sent within this hour already.")
            messages.info(request, text)
            return True
        if act == "address":
            services.readdress(card_id=card.pk, recipient=given["email"], by=by)
            messages.success(request, _("It goes to %(email)s from now on.") % {"email": given["email"]})
            return True
        services.end(card_id=card.pk, by=by, is_active=act == "reopen")
        messages.success(
            request, _("It can be spent again.") if act == "reopen" else _("Nobody can spend it any more.")
        )
        return True

    def _move(self, request: HttpRequest, card: GiftCard, form: merchant_forms.ChangeForm, by: str) -> bool:
        given = form.cleaned_data
        command = services.add if given["act"] == "add" else services.withdraw
        try:
            entry = command(
                card_id=card.pk, amount=given["money"], reason=given["reason"], key=f"staff:{given['key']}", by=by
            )
        except services.NotEnough as error:
            form.add_error("amount", _("There are only %(left)s.") % {"left": error.left.format()})
        except services.BadAmount:
            form.add_error("amount", _("That is more than a gift card may hold."))
        except services.KeyReused:
            form.add_error(None, _("This form was used already. Please open it anew."))
        else:
            messages.success(request, _("The balance is %(balance)s now.") % {"balance": entry.card.balance.format()})
            return True
        return False
