"""An order of things that were made for who bought them: every page and paper says how."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from cart.carts import ownership, selectors, services
from catalog.customizations.models import CustomField
from checkout.changes import services as changes
from checkout.desk import services as desk
from checkout.drafts import services as drafts
from checkout.fulfilment.models import Shipment
from checkout.invoices import selectors as invoices
from checkout.orders import access
from checkout.orders.models import Order
from checkout.payments import services as payments
from checkout.returns import selectors as returns
from checkout.warehouse import filling
from checkout.warehouse import selectors as warehouse
from tests import outbox
from tests.factories import cart as carts
from tests.factories import checkout as make
from tests.factories import customizations
from tests.factories import returns as making
from tests.factories import warehouse as warehousing

pytestmark = pytest.mark.django_db
BY = "staff:1"


@pytest.fixture(autouse=True)
def _rates() -> None:
    carts.rates()


def rings(**field: Any) -> Any:
    """A guest's cart: two rings for Ada, one for Bob and one plain."""
    product = carts.product(name="Ring", amount=2500)
    customizations.engraving(product, **field)
    cart = ownership.begin(None)
    for quantity, answers in ((2, {"engraving": "Ada"}), (1, {"engraving": "Bob"}), (1, {})):
        services.add(
            cart=cart, variant_id=carts.variant_of(product).pk, quantity=quantity, by="guest", customizations=answers
        )
    return cart


def paid(cart: Any) -> Order:
    order = carts.order(cart)
    payment = make.payment_of(order)
    payments.record(payment_id=payment.pk, outcome=make.captured(payment), source="charge")
    outbox.drain()
    assert outbox.failures() == []
    order.refresh_from_db()
    return order  # type: ignore[no-any-return]


def test_the_order_keeps_what_was_wanted_and_its_price() -> None:
    cart = rings()
    order = paid(cart)
    CustomField.objects.all().delete()
    lines = list(order.lines.order_by("position"))
    assert [(line.quantity, line.unit_price_minor, line.total_minor) for line in lines] == [
        (2, 3000, 6000), (1, 3000, 3000), (1, 2500, 2500),
    ]  # fmt: skip
    assert lines[0].customizations == [
        {"code": "engraving", "name": "Engraving", "value": "Ada", "price_minor": 500, "is_final_sale": False}
    ]
    assert lines[2].customizations == []
    assert (order.subtotal_minor, order.tax_minor) == (11500, 719)  # 375 + 188 + 156


def test_pages_mails_and_papers_say_it(client: Client) -> None:
    order = paid(rings())
    told = "Engraving: Ada"
    assert told in client.get(access.url(order)).content.decode()
    assert any(told in one.body for one in mail.outbox)
    [shipment] = Shipment.objects.filter(order=order)
    slip = filling.slip(shipment, of=filling.sender(), at=order.placed_at)
    assert [line.options for line in slip.lines] == ["Engraving: Ada", "Engraving: Bob", ""]
    rows = warehouse.contents(warehousing.wave(shipment)).rows
    assert [(row.options, row.open) for row in rows] == [("", 1), ("Engraving: Ada", 2), ("Engraving: Bob", 1)]
    [document] = invoices.documents_of(order.pk)
    assert [line["options"] for line in document.content["lines"]][:2] == [["Engraving: Ada"], ["Engraving: Bob"]]


def test_staff_and_programs_read_it(client: Client, settings: Any) -> None:
    from tests.factories.accounts import StaffFactory

    order = paid(rings())
    settings.STAFF_MFA_REQUIRED = False
    client.force_login(StaffFactory(is_superuser=True))
    assert "Engraving: Ada" in client.get(reverse("admin:checkout_order_change", args=[order.pk])).content.decode()
    items = Client().get(f"/api/orders/{order.number}", headers={access.HEADER: order.access_key}).json()["items"]
    assert [item["customizations"] for item in items] == [
        [{"code": "engraving", "name": "Engraving", "value": "Ada", "price": "5.00"}],
        [{"code": "engraving", "name": "Engraving", "value": "Bob", "price": "5.00"}],
        [],
    ]


def test_what_is_a_final_sale_is_not_returned_and_the_plain_one_is() -> None:
    making.rule()
    cart = rings(is_final_sale=True)
    order = making.delivered(paid(cart))
    rows = returns.returnable(order)
    assert [(row.units, bool(row.objection)) for row in rows] == [(0, True), (0, True), (1, False)]
    assert rows[0].objection == "This item was a final sale and cannot be returned."


def test_what_is_made_for_somebody_is_returned_but_not_swapped() -> None:
    making.rule()
    order = making.delivered(paid(rings()))
    rows = returns.returnable(order)
    assert [(row.units, bool(row.exchanges)) for row in rows] == [(2, False), (1, False), (1, True)]


def test_it_is_ordered_again_as_it_was_or_a_sentence_says_why_not() -> None:
    order = paid(rings())
    again = ownership.begin(None)
    assert desk.reorder(order=order, cart=again, by="guest") == desk.Reordered(4, ())
    lines = selectors.view(again, currency="USD").lines
    assert [(line.options, line.quantity) for line in lines] == [("Engraving: Ada", 2), ("Engraving: Bob", 1), ("", 1)]
    CustomField.objects.update(max_length=2)
    short = desk.reorder(order=order, cart=ownership.begin(None), by="guest")
    assert short == desk.Reordered(1, ("Ring: Engraving: At most 2 characters, please.",) * 2)


def test_a_draft_of_it_leaves_out_what_it_cannot_hold() -> None:
    order = paid(rings())
    draft, left_out = drafts.from_order(order_id=order.pk, by=BY)
    assert left_out == ["“Ring” is made to its buyer’s wishes, which a draft cannot hold, and was left out."] * 2
    assert sum(drafts.units_of(draft).values()) == 1


def test_staff_cannot_add_what_only_its_buyer_can_describe() -> None:
    order = paid(rings())
    CustomField.objects.update(is_required=True)
    variant = order.lines.first().variant_id  # type: ignore[union-attr]
    with pytest.raises(changes.EditRefused) as refused:
        changes.edit(order_id=order.pk, seen_revision=0, added={variant: 1}, reason="Asked by phone", by=BY)
    assert (str(refused.value), refused.value.code) == (
        "“Ring” is made to its buyer’s wishes: it cannot be added here.", "not_sellable",
    )  # fmt: skip
