"""An old key makes no second order, also when the first one is in the archive."""

from __future__ import annotations

import importlib
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from checkout.archive import selectors
from checkout.archive.models import ArchivedOrder
from checkout.drafts import selectors as draft_selectors
from checkout.drafts import services as drafts
from checkout.drafts.models import Draft
from checkout.orders import services as orders
from checkout.orders.models import Order
from shop.core.models import IdempotentCall
from tests import outbox
from tests.factories import cart as carts
from tests.factories import returns as returned
from tests.factories.archive import archive_all, delivered
from tests.factories.checkout import ADDRESS
from tests.fakes.sandbox import RunningSandbox

pytestmark = pytest.mark.django_db
BODY = {
    "email": "ada@example.com",
    "shippingAddress": {
        "firstName": "Ada", "lastName": "Lovelace", "address1": "1 Analytical Way", "city": "Springfield",
        "state": "IL", "postalCode": "62701", "country": "US",
    },
    "deliveryOption": "standard",
    "payment": {"provider": "stripe", "token": "pm_card_visa"},
    "expectedTotal": "59.12",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _rates() -> None:
    carts.rates()


def counts() -> tuple[int, int]:
    return Order.objects.count(), ArchivedOrder.objects.count()


def gone(order: Order) -> None:
    """Cancelled and archived; its shopper has the cart again."""
    orders.cancel(order_id=order.pk, by="guest")
    outbox.drain(mails=False)
    assert archive_all() == 1
    assert counts() == (0, 1)


def test_an_order_is_found_by_its_key_wherever_it_is() -> None:
    order = delivered()
    key = order.idempotency_key
    assert (selectors.by_key(key), selectors.by_key(f"{key}x")) == (order, None)
    archive_all()
    found = selectors.by_key(key)
    assert found is not None
    assert (found.pk, found.is_archived, len(found.lines.all())) == (order.pk, True, 1)
    assert selectors.by_key(f"{key}x") is None


@pytest.mark.parametrize("is_call_kept", [True, False])
def test_a_program_that_asks_again_gets_its_order(
    client: Client, shop_sandbox: RunningSandbox, is_call_kept: bool
) -> None:
    """Also when the answer to its first call was not kept, and with a cart from which the key could order again."""
    cart = carts.cart((carts.product(amount=2500), 2))
    headers = {"X-Cart-Token": cart.token, "Idempotency-Key": "key-1"}

    def ask() -> Any:
        return client.post(reverse("api_orders"), BODY, content_type="application/json", headers=headers)

    first = ask()
    assert first.status_code == 201
    gone(Order.objects.get())
    if not is_call_kept:
        IdempotentCall.objects.all().delete()
    again = ask()
    assert (again.status_code, again.json()) == (201, first.json())
    assert counts() == (0, 1)


def test_a_shopper_who_presses_again_is_led_to_the_order(client: Client, shop_sandbox: RunningSandbox) -> None:
    product = carts.product(amount=2500)
    entered = {**carts.DETAILS.shipping_address, "email": "ada@example.com", "delivery_option": "standard"}

    def to_payment() -> dict[str, str]:
        client.post(reverse("cart_add"), {"product": str(product.pk), "quantity": "1"})
        client.post(reverse("checkout"), entered)
        page = client.get(reverse("payment")).context
        form = {name: page[name] for name in ("seen_total", "idempotency_key")}
        return {"method": "card", "payment_token": "pm_card_visa", **form}

    old = to_payment()
    where = client.post(reverse("checkout_place"), old)["Location"]
    gone(Order.objects.get())
    fresh = to_payment()
    assert fresh["idempotency_key"] != old["idempotency_key"]
    answer = client.post(reverse("checkout_place"), old)
    assert (answer.status_code, answer["Location"]) == (303, where)
    assert client.get(where).status_code == 200
    assert counts() == (0, 1)


def drafted() -> Draft:
    wish = drafts.Wish(
        email="ada@example.com", units={carts.variant_of(carts.product()).pk: 1}, shipping_address=ADDRESS,
        currency="USD", language="en", note="Called twice",
    )  # fmt: skip
    return drafts.create(wish=wish, by="staff:1")


@pytest.mark.parametrize("is_noted", [True, False])
def test_a_draft_knows_its_archived_order(is_noted: bool) -> None:
    """Also when the process died before it noted which one it became."""
    draft = drafted()
    look = draft_selectors.look(draft)

    def place() -> Order:
        return drafts.place(
            draft_id=draft.pk, seen_version=look.cart.version, seen_total=look.total, way="link", by="staff:1"
        )

    order = place()
    gone(order)
    if not is_noted:
        Draft.objects.update(order_id=None, placed_at=None)
    draft.refresh_from_db()
    seen = draft_selectors.look(draft)
    assert (seen.order.pk, seen.order.is_archived) == (order.pk, True)  # type: ignore[union-attr]
    with pytest.raises(drafts.DraftRefused):
        drafts.delete(draft_id=draft.pk, by="staff:1")
    assert place().pk == order.pk
    draft.refresh_from_db()
    assert (draft.order_id, counts()) == (order.pk, (0, 1))


def test_control_a_key_that_is_not_looked_for_in_the_archive_orders_again() -> None:
    """What the database alone would let through."""
    cart = carts.cart((carts.product(), 1))
    order = carts.order(cart, key="an-old-key")
    gone(order)
    cart.refresh_from_db()
    assert carts.order(cart, key="an-old-key").pk != order.pk
    assert counts() == (1, 1)


def test_orders_that_were_archived_before_are_found_as_well() -> None:
    """The migration fills in what `copy_sql` fills in now."""
    returned.rule()
    order = returned.arrived()
    other = delivered()
    found = returned.asked(order)
    returned.returns.cancel(return_id=found.pk, by="guest")
    outbox.drain(mails=False)
    assert archive_all() == 2
    kept = dict(ArchivedOrder.objects.values_list("pk", "handles"))
    assert kept == {
        order.pk: [found.number, str(found.pk), order.idempotency_key], other.pk: [other.idempotency_key]
    }  # fmt: skip
    ArchivedOrder.objects.update(handles=[])
    assert selectors.by_key(order.idempotency_key) is None
    migration = importlib.import_module("checkout.migrations.0015_archive_handles")
    with connection.cursor() as cursor:
        cursor.execute(migration.FILL)
    assert dict(ArchivedOrder.objects.values_list("pk", "handles")) == kept
