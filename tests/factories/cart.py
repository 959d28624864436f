"""Carts filled through the services, and what it takes to order them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from cart.carts import ownership, selectors, services
from cart.carts.models import Cart
from cart.promotions.models import Coupon
from cart.shipping import calendars
from cart.shipping.models import ShippingMethod
from cart.tax import selectors as taxation
from cart.tax.models import TaxRate
from catalog.products.models import Product, Variant
from checkout.purchase import services as purchase
from shop.accounts.models import User
from shop.core import db
from shop.core.money import Money
from tests.factories import catalog, promotions
from tests.factories.checkout import ADDRESS

DETAILS = purchase.Details(
    email="ada@example.com",
    shipping_address={"company": "", "address2": "", "phone": "", **ADDRESS},
    billing_address={"company": "", "address2": "", "phone": "", **ADDRESS},
    delivery_option="standard",
    provider="stripe",
    token="pm_card_visa",
)


def rates() -> None:
    """Two methods of delivery and the tax of Illinois (6.25 %), whatever was there before."""
    ShippingMethod.objects.all().delete()
    TaxRate.objects.all().delete()
    fields = {"currency": "USD", "countries": ["US"], "min_days": 2, "max_days": 4}
    ShippingMethod.objects.create(code="standard", name="Standard", price_minor=599, position=1, **fields)
    ShippingMethod.objects.create(code="express", name="Express", price_minor=1499, position=2, **fields)
    TaxRate.objects.create(name="IL tax", country="US", state="IL", rate=Decimal("0.0625"), valid_from="2020-01-01")
    forget_rates()


def forget_rates() -> None:
    """Methods and tax rates were changed in a transaction that does not end: read them anew."""
    calendars.forget()
    taxation.forget()


def customer(email: str = "ada@example.com", **fields: Any) -> User:
    return User.objects.create_user(email, "correct horse battery", **fields)


def product(*, units: int = 10, amount: int | None = 2500, **fields: Any) -> Product:
    return catalog.product(units=units, amount=amount, indexed=False, **fields)


def variant_of(made: Product) -> Variant:
    return Variant.objects.filter(product=made).order_by("position", "id")[0]


def cart(*wanted: tuple[Product, int], customer_id: UUID | None = None) -> Cart:
    """An open cart of a guest (or of a customer) with so many units of each product."""
    made = ownership.begin(customer_id)
    for one, quantity in wanted:
        services.add(cart=made, variant_id=variant_of(one).pk, quantity=quantity, by="guest")
    return made


def coupon(code: str = "SAVE10", **fields: Any) -> Coupon:
    return promotions.coupon(code, **fields)


def total(made: Cart, details: purchase.Details = DETAILS) -> Money:
    """What the payment page would show."""
    view = selectors.view(
        made, currency="USD", address=details.shipping_address, delivery_option=details.delivery_option
    )
    return view.quote.total


def order(made: Cart, *, key: str = "", **details: Any) -> Any:
    """The cart ordered at the total that it has now."""
    chosen = replace(DETAILS, **details)
    return purchase.place_order(
        cart=made, details=chosen, seen_total=total(made, chosen), key=key or f"key-{db.uuid7()}", by="guest"
    )
