"""What staff do with drafts. A draft holds no stock and promises no price; `purchase.place_order` does both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from cart.carts import filling
from cart.carts import selectors as carts
from cart.carts import services as cart_services
from cart.promotions import rules
from cart.tax import vat
from catalog.products import selectors as products
from checkout.drafts import locking, selectors
from checkout.drafts.models import Draft
from checkout.notes import services as notes
from checkout.orders import lines as order_lines
from checkout.orders import selectors as orders
from checkout.orders.models import Order
from checkout.payments import services as payments
from checkout.purchase import services as purchase
from shop.accounts import selectors as accounts
from shop.audit import services as audit
from shop.core import addresses, db, entered
from shop.core.money import Money

MOST = 999  # units of one line
PROVIDERS = {
    "link": "", "cash": "cash", "received": "bank_transfer", "bank_transfer": "bank_transfer", "invoice": "invoice",
}  # fmt: skip
HERE = ("cash", "received")  # ways in which the money has come already: for staff who may say so
REFUSALS = (
    purchase.PurchaseRefused, purchase.CartChanged, purchase.CouponUsedUp, purchase.Busy, cart_services.CartRefused,
    payments.PaymentRefused,
)  # fmt: skip


class DraftRefused(Exception):
    """This cannot be done with the draft; nothing was. `str()` is a sentence for people; `code` for programs:
    "placed", "incomplete", "changed_meanwhile", "unknown_way", "gone"."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a draft says. Addresses in the words of `shop.core.addresses.FIELDS`, complete or not; `billing_address`
    empty: the same. `units` by variant id, in the order they are listed."""

    email: str = ""
    units: Mapping[UUID, int] = field(default_factory=dict)
    shipping_address: Mapping[str, Any] = field(default_factory=dict)
    billing_address: Mapping[str, Any] = field(default_factory=dict)
    delivery_option: str = ""
    coupons: Sequence[str] = ()
    currency: str = ""
    language: str = ""
    po_number: str = ""
    gift_message: str = ""
    vat_id: str = ""
    note: str = ""


def create(*, wish: Wish, by: str) -> Draft:
    """A new draft. Raises as `save` does."""
    currency, language = wish.currency or settings.DEFAULT_CURRENCY, wish.language or settings.LANGUAGE_CODE
    with transaction.atomic(using=db.DEFAULT):
        cart = filling.begin(currency=currency, language=language)
        draft = Draft.objects.create(cart_id=cart.pk, actor=by)
        _write(draft, cart.version, replace(wish, currency=currency, language=language))
        _audit("create", draft.pk, by)
    draft.refresh_from_db()
    return draft


def save(*, draft_id: UUID, seen_version: int, wish: Wish, by: str) -> Draft:
    """Make an open draft say `wish`. `seen_version` is its cart's version as the editor saw it.

    Raises `DraftRefused`, and what `filling.fill` raises (`CartRefused`: unknown or unsellable variants, bad numbers).
    """
    with transaction.atomic(using=db.DEFAULT):
        draft = _open(draft_id)
        try:
            _write(draft, seen_version, wish)
        except cart_services.CartChanged as error:
            raise DraftRefused(str(error), "changed_meanwhile") from error
        _audit("change", draft_id, by)
    draft.refresh_from_db()
    return draft


def _write(draft: Draft, version: int, wish: Wish) -> None:
    codes = list(dict.fromkeys(rules.canonical(code) for code in wish.coupons if code.strip()))
    email = wish.email.strip().lower()
    customer_id = _customer(email)
    filling.fill(
        cart_id=draft.cart_id, version=version, units=wish.units, coupons=codes, currency=wish.currency,
        language=wish.language, customer_id=customer_id,
    )  # fmt: skip
    Draft.objects.filter(pk=draft.pk).update(
        email=email, customer_id=customer_id, shipping_address=_tidy(wish.shipping_address),
        billing_address=_tidy(wish.billing_address), delivery_option=wish.delivery_option.strip()[:40],
        po_number=entered.one_line(wish.po_number)[:60],
        gift_message=entered.several_lines(wish.gift_message)[:500], note=wish.note.strip()[:2000],
        vat_id=vat.tidy(wish.vat_id)[:20], updated_at=Now(),
    )  # fmt: skip


def _tidy(address: Mapping[str, Any]) -> dict[str, str]:
    tidy, _problems = addresses.clean(address)
    is_empty = not any(value for name, value in tidy.items() if name != "country")
    return (
        {} if is_empty and not tidy["country"] else {name: tidy[name][:most] for name, most in addresses.FIELDS.items()}
    )


def _customer(email: str) -> UUID | None:
    """The account of an address, if its owner has proven it: nobody else's orders are shown to anybody."""
    found = accounts.with_email(email) if email else None
    return found if found and accounts.has_proven_email(found) else None


def _open(draft_id: UUID) -> Draft:
    """The draft, locked. Raises `DraftRefused` when it is gone or placed."""
    draft = Draft.objects.filter(pk=draft_id).first()
    if draft is None:
        raise DraftRefused(_("This draft was deleted meanwhile."), "gone")
    draft = locking.draft(draft_id)
    if draft.order_id or selectors.order_of(draft):
        raise DraftRefused(_("This draft is an order already. Change the order instead."), "placed")
    return draft


def delete(*, draft_id: UUID, by: str) -> None:
    """Throw an open draft away. Raises `DraftRefused`."""
    with transaction.atomic(using=db.DEFAULT):
        draft = _open(draft_id)
        if not filling.discard(cart_id=draft.cart_id):  # its order is being written just now
            raise DraftRefused(_("This draft is an order already. Change the order instead."), "placed")
        draft.delete()
        _audit("delete", draft_id, by)


def place(*, draft_id: UUID, seen_version: int, seen_total: Money, way: str, by: str, receipt: str = "") -> Order:
    """Make the one order of a draft, however often asked. Called outside of transactions.

    `way` is one of `selectors.ways`; with "link" the units are kept for `DRAFT_HOLD` and the customer is mailed the
    order's page to pay on. "cash" and "received": the whole amount is in the till, or in the bank account as the line
    `receipt` of its statement says; it is recorded with the order. Raises `DraftRefused` and `REFUSALS`: changed or
    short meanwhile, another total, not delivered there.
    """
    draft = selectors.draft(draft_id)
    if draft is None:
        raise DraftRefused(_("This draft was deleted meanwhile."), "gone")
    if done := selectors.order_of(draft):
        _note_placed(draft, done, by)
        return done
    if way not in selectors.ways():
        raise DraftRefused(_("Please choose how it is paid."), "unknown_way")
    if way == "received" and not receipt.strip():
        raise DraftRefused(_("Say which line of the bank's statement it is."), "incomplete")
    look = _ready(draft, seen_version)
    order = purchase.place_order(
        cart=look.cart, details=_details(look, way, receipt), seen_total=seen_total, key=draft.key, by=by
    )  # fmt: skip
    _note_placed(draft, order, by)
    order.refresh_from_db()
    return order


def _ready(draft: Draft, seen_version: int) -> selectors.Look:
    """The draft as it was seen, with nothing missing. What is short is for placing to say: it sees what others hold."""
    look = selectors.look(draft)
    if look.cart.version != seen_version:
        raise DraftRefused(_("Somebody else has changed this meanwhile. Here is how it is now."), "changed_meanwhile")
    if look.missing:
        raise DraftRefused(" ".join(look.missing), "incomplete")
    return look


def _details(look: selectors.Look, way: str, receipt: str) -> purchase.Details:
    draft, delivery = look.draft, look.view.quote.delivery
    return purchase.Details(
        email=draft.email,
        shipping_address=draft.shipping_address,
        billing_address=draft.billing_address or draft.shipping_address,
        delivery_option=draft.delivery_option or (delivery.code if delivery else ""),
        provider=PROVIDERS[way],
        language=look.cart.language,
        channel=filling.CHANNEL,
        customer_id=draft.customer_id,
        hold=settings.DRAFT_HOLD if way == "link" else None,
        receipt=(receipt.strip() or str(draft)) if way in HERE else "",
        po_number=draft.po_number,
        gift_message=draft.gift_message,
        vat_id=draft.vat_id,
    )


def _note_placed(draft: Draft, order: Order, by: str) -> None:
    """Once: which order the draft became, and its note goes along."""
    with transaction.atomic(using=db.DEFAULT):
        locked = locking.draft(draft.pk)
        if locked.order_id:
            return
        Draft.objects.filter(pk=draft.pk).update(order_id=order.pk, placed_at=Now(), updated_at=Now())
        if locked.note and not order.is_archived:
            notes.add(order_id=order.pk, text=locked.note, is_shown_to_customer=False, by=by)
        _audit("place", draft.pk, by)


def from_order(*, order_id: UUID, by: str) -> tuple[Draft, list[str]]:
    """A new draft that says what an order says, and a sentence for each line of it that was left out.

    Raises `Order.DoesNotExist`.
    """
    order = orders.by_id(order_id)
    lines = order_lines.asked(line for line in order.lines.all() if line.quantity)
    offers = products.offers([line.variant_id for line in lines], currency=order.currency)
    units: dict[UUID, int] = {}
    gone = []
    for line in lines:
        offer = offers.get(line.variant_id)
        if offer is None or not offer.is_sellable:
            gone.append(_("“%(name)s” is not sold any more and was left out.") % {"name": line.name})
        elif line.customizations or offer.needs_answers:
            text = _("“%(name)s” is made to its buyer’s wishes, which a draft cannot hold, and was left out.")
            gone.append(text % {"name": line.name})
        else:
            units[line.variant_id] = min(MOST, units.get(line.variant_id, 0) + line.quantity)
    wish = Wish(
        email=order.email, units=units, shipping_address=order.shipping_address, po_number=order.po_number,
        billing_address={} if order.billing_address == order.shipping_address else order.billing_address,
        delivery_option=order.delivery_option, currency=order.currency, language=order.language,
        vat_id=order.tax_facts.get("vat_id", ""),
    )  # fmt: skip
    return create(wish=wish, by=by), gone


def units_of(draft: Draft) -> dict[UUID, int]:
    """What a draft holds, by variant id."""
    return {line.variant_id: line.quantity for line in carts.lines_of(draft.cart_id)}


def _audit(what: str, draft_id: UUID, by: str) -> None:
    audit.record(action=f"draft.{what}", by=by, object_type="draft", object_id=draft_id, using=db.DEFAULT)
