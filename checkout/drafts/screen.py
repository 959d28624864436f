"""The screen of a draft: what is entered on it, and what it shows of what is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from cart.shipping import selectors as deliveries
from checkout.desk import adding
from checkout.desk.address_form import AddressForm
from checkout.drafts import selectors, services
from checkout.drafts.forms import DraftForm
from checkout.orders import selectors as orders
from checkout.purchase import vat_ids
from shop.accounts import selectors as accounts


@dataclass
class Screen:
    """What stands on the screen; `look` is None for a draft that is not kept yet."""

    look: selectors.Look | None
    units: dict[UUID, int]
    form: DraftForm
    shipping: AddressForm
    billing: AddressForm
    query: str
    problems: list[str] = field(default_factory=list)
    people: list[tuple[UUID, str]] = field(default_factory=list)

    def is_valid(self) -> bool:
        parts = [self.form, self.shipping]
        if self.form.is_valid() and self.form.cleaned_data["is_billed_elsewhere"]:
            parts.append(self.billing)
        return all([not self.problems, *(part.is_valid() for part in parts)])

    def look_up_vat_id(self) -> bool:
        """False for a VAT id that is wrong, or that the register does not know, with an error on the form. To be called
        when valid, with no transaction open."""
        problem = vat_ids.problem(self.form.cleaned_data["vat_id"], self.shipping.address.get("country", ""))
        if problem:
            self.form.add_error("vat_id", problem)
        return not problem

    def wish(self) -> services.Wish:
        """What is entered, as the services take it. To be called when valid."""
        data = self.form.cleaned_data
        named = ("email", "delivery_option", "currency", "language", "po_number", "gift_message", "vat_id", "note")
        return services.Wish(
            units={key: count for key, count in self.units.items() if count},
            shipping_address=self.shipping.address,
            billing_address=self.billing.address if data["is_billed_elsewhere"] else {},
            coupons=data["coupons"].replace(",", " ").split(),
            **{name: data[name] for name in named},
        )


def screen(look: selectors.Look | None, data: Mapping[str, Any] | None, **initial: Any) -> Screen:
    """The screen as entered in `data` (a POST), or as the draft is kept."""
    problems: list[str] = []
    units: dict[UUID, int] = {}
    try:
        units = adding.counts(data, "add-") if data is not None else _kept_units(look)
    except adding.BadCount as bad:
        problems.append(str(bad))
    draft = look.draft if look else None
    shipping = draft.shipping_address if draft else {"country": settings.DEFAULT_COUNTRY}
    return Screen(
        look=look,
        units=units,
        form=DraftForm(
            data,
            initial={**_kept(look), **initial},
            options=_options(look),
            ways=selectors.ways(),
            currencies=deliveries.currencies(),
        ),
        shipping=AddressForm(data, initial=shipping, prefix="to", is_partial=True),
        billing=AddressForm(data, initial=draft.billing_address if draft else {}, prefix="bill", is_partial=True),
        query=str((data or {}).get("q", "")).strip(),
        problems=problems,
    )


def _kept_units(look: selectors.Look | None) -> dict[UUID, int]:
    return {line.variant_id: line.quantity for line in look.view.lines} if look else {}


def _kept(look: selectors.Look | None) -> dict[str, Any]:
    if look is None:
        return {"currency": settings.DEFAULT_CURRENCY, "language": settings.LANGUAGE_CODE, "way": "link"}
    named = ("email", "delivery_option", "po_number", "gift_message", "vat_id", "note")
    return {
        **{name: getattr(look.draft, name) for name in named},
        "currency": look.cart.currency,
        "language": look.cart.language,
        "coupons": ", ".join(look.cart.coupons),
        "is_billed_elsewhere": bool(look.draft.billing_address),
        "way": "link",
    }


def _options(look: selectors.Look | None) -> list[tuple[str, str]]:
    if look is None:
        return [("", "–")]
    offered = look.view.quote.delivery_options
    options = [(one.code, f"{one.name} – {one.price.format()}") for one in offered]
    known = {code for code, _words in options}
    if look.draft.delivery_option and look.draft.delivery_option not in known:
        code = look.draft.delivery_option
        name = {"name": deliveries.delivery_names().get(code, code)}
        options.append((code, _("%(name)s – not offered for this address") % name))
    return options or [("", "–")]


def shown(page: Screen) -> dict[str, Any]:
    """What the template is told: lines with stock, what was found, totals."""
    look = page.look
    currency = look.cart.currency if look else settings.DEFAULT_CURRENCY
    lines = {line.variant_id: line for line in look.view.lines} if look else {}
    chosen = adding.chosen(page.units, currency=currency)
    return {
        "page": page,
        "chosen": [(one, lines.get(one.variant_id)) for one in chosen],
        "found": adding.found(page.query, currency=currency, without=[one.variant_id for one in chosen]),
        "summary": look.view.summary if look else None,
        "notices": look.view.notices if look else (),
        "with_it": [
            page.form[name]
            for name in ("coupons", "vat_id", "po_number", "gift_message", "note", "currency", "language")
        ],
        "hold_days": settings.DRAFT_HOLD.days,
    }


def people(text: str) -> list[tuple[UUID, str]]:
    """Customers whose e-mail address begins so."""
    return accounts.beginning_with(text) if len(text) > 1 else []


def is_known(email: str) -> bool:
    """Whether a customer has this address."""
    return bool(email) and accounts.with_email(email) is not None


def address_known(email: str) -> dict[str, Any]:
    """Where this person's things went: the first of the address book, else of the latest order; empty if unknown."""
    customer = accounts.with_email(email)
    saved = accounts.default_address(customer) if customer else None
    if saved:
        return saved.address
    latest = orders.latest_of(email=email)
    return dict(latest.shipping_address) if latest else {}
