"""Finding, beginning and joining carts: whose is whose.

A customer has at most one open cart (a constraint says so). A guest's cart is whoever holds its token's.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.http import HttpRequest
from django.utils.translation import get_language

from cart.carts import access, claims, locking, paying, rules
from cart.carts.models import Cart, CartLine
from catalog.bundles import selectors as bundles
from shop.core import db, requests
from shop.currencies import selectors as currencies

_MEMO = "holdfast_cart"  # one look per request


def current(request: HttpRequest) -> Cart | None:
    """The open cart of whoever makes `request`, or None.

    A guest's is named by cookie or `X-Cart-Token`. When a customer is signed in and the browser still names a guest's
    cart, that is merged into the customer's own now. A customer's cart is never found by its token.
    """
    found: Cart | None = getattr(request, _MEMO, None)
    if found is None or found.customer_id != requests.customer_id(request):  # none yet, or signed in or out since
        found = _find(request)
        if found is not None:
            paying.follow(request, found)
    setattr(request, _MEMO, found)
    return found


def begun(request: HttpRequest) -> Cart:
    """As `current`, with a new cart for whoever has none."""
    found = current(request) or begin(requests.customer_id(request), currency=currencies.of(request))
    setattr(request, _MEMO, found)
    return found


def forget(request: HttpRequest) -> None:
    """The cart of this request was changed by somebody else: `current` is to look again."""
    setattr(request, _MEMO, None)


def merge(*, guest: Cart, customer_id: UUID) -> Cart:
    """Pour a guest's cart into the customer's (begun if there is none) and return that.

    Quantities add up, capped by what is available, with a notice on the cart. Happens once however often it is called.
    """
    lines = list(CartLine.objects.filter(cart_id=guest.pk))
    available = claims.added(bundles.available([line.variant_id for line in lines]), lines)
    target = begin(customer_id, currency=guest.currency)
    with transaction.atomic(using=db.DEFAULT):
        locked = locking.carts([guest.pk, target.pk])
        source, target = locked[guest.pk], locked[target.pk]
        if source.status == Cart.Status.OPEN and source.customer_id is None and target.status == Cart.Status.OPEN:
            pour(source=source, target=target, available=available)
    target.refresh_from_db()
    return target


def _find(request: HttpRequest) -> Cart | None:
    customer_id, token = requests.customer_id(request), access.token_of(request)
    whose = Q(customer_id=None, token=token) if token else Q(pk=None)
    if customer_id is not None:
        whose |= Q(customer_id=customer_id)
    elif not token:
        return None
    rows = list(Cart.objects.filter(whose, status=Cart.Status.OPEN, expires_at__gt=Now()))
    own = next((row for row in rows if row.customer_id is not None), None)
    guests = next((row for row in rows if row.customer_id is None), None)
    if customer_id is None:
        return guests
    found = merge(guest=guests, customer_id=customer_id) if guests else own
    access.spend(request)
    return found


def begin(customer_id: UUID | None, *, currency: str = "") -> Cart:
    """A new cart; for customers the open one if there is one (two tabs may begin at once)."""
    values: dict[str, Any] = {"currency": currency or settings.DEFAULT_CURRENCY, "language": get_language() or "en"}
    values["expires_at"] = db.clock() + rules.life(is_guest=customer_id is None)
    if customer_id is None:
        return Cart.objects.create(**values)
    Cart.objects.filter(customer_id=customer_id, status=Cart.Status.OPEN, expires_at__lte=Now()).update(
        status=Cart.Status.EXPIRED, updated_at=Now()
    )
    cart = open_of(customer_id)
    if cart is not None:
        return cart
    try:
        with transaction.atomic(using=db.DEFAULT):
            return Cart.objects.create(customer_id=customer_id, **values)
    except IntegrityError:
        return Cart.objects.get(customer_id=customer_id, status=Cart.Status.OPEN)


def open_of(customer_id: UUID) -> Cart | None:
    """The customer's open cart, None if there is none or it has expired."""
    return Cart.objects.filter(customer_id=customer_id, status=Cart.Status.OPEN, expires_at__gt=Now()).first()


def touch(cart: Cart, **values: Any) -> None:
    """A changed cart: a new version, a new lease of life, old notices gone. The row is locked by the caller."""
    Cart.objects.filter(pk=cart.pk).update(
        version=F("version") + 1,
        updated_at=Now(),
        expires_at=Now() + rules.life(is_guest=cart.customer_id is None),
        **{"notices": [], **values},
    )
    cart.version += 1
    cart.notices = values.get("notices", [])


def pour(*, source: Cart, target: Cart, available: dict[UUID, int] | None) -> None:
    """Move the lines of one locked cart into another; `available` None: without a cap by stock."""
    there = {line.key: line for line in CartLine.objects.filter(cart_id=target.pk)}
    notices = []
    for line in CartLine.objects.filter(cart_id=source.pk):
        twin = there.get(line.key)
        before = twin.quantity if twin else 0
        wanted = before + line.quantity
        beside = sum(other.quantity for other in there.values() if other.variant_id == line.variant_id) - before
        left = wanted if available is None else available.get(line.variant_id, 0) - beside
        kept = max(before, rules.capped(wanted, left))
        if kept < wanted:
            notices.append({"kind": "capped", "name": line.name, "quantity": kept})
        if (kept == before and not (twin and line.claim_id)) or (twin is None and len(there) >= rules.MAX_LINES):
            continue
        moved = twin or CartLine(
            cart_id=target.pk,
            product_id=line.product_id,
            variant_id=line.variant_id,
            sku=line.sku,
            name=line.name,
            unit_price_minor=line.unit_price_minor,
            currency=line.currency,
            customizations=line.customizations,
            customization_key=line.customization_key,
        )
        moved.quantity, moved.claim_id = kept, line.claim_id or moved.claim_id
        moved.save()
        there[line.key] = moved
    coupons = list(dict.fromkeys([*target.coupons, *source.coupons]))
    target.place = source.place or target.place  # what was said last
    touch(target, notices=notices, coupons=coupons, place=target.place)
    Cart.objects.filter(pk=source.pk).update(status=Cart.Status.MERGED, updated_at=Now())
