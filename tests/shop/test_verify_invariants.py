"""A shop in order has nothing to say; whatever is broken behind its back is named by its invariant."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connections, transaction
from django.db.utils import InternalError

from cart.promotions import selectors
from cart.promotions import services as promotions
from cart.promotions.models import Coupon
from cart.promotions.rules import Tried
from catalog.products.models import Product, Variant
from checkout.orders import services as orders
from checkout.orders.models import Order
from checkout.payments import services as payments
from inventory.stock.models import StockItem
from shop.core import db, invariants
from shop.core.money import Money
from shop.events import bus, types
from shop.management.commands import verify_invariants
from tests import outbox
from tests.factories import catalog, checkout
from tests.factories import promotions as promotion_factories

pytestmark = pytest.mark.django_db


@dataclass
class Shop:
    """One product in stock, an order of it that is paid and one that was cancelled, all events heard."""

    product: Product
    item: StockItem
    paid: Order
    cancelled: Order
    coupon: Coupon


@pytest.fixture
def shop() -> Shop:
    product = catalog.product(units=9)
    variant = Variant.objects.get(product=product)
    item = StockItem.objects.get(variant_id=variant.pk)
    coupon = promotion_factories.coupon("TEN", usage_limit=1)
    paid = checkout.paid([item], provider="bank_transfer", token="", quantity=2)
    cancelled = checkout.placed([item], provider="bank_transfer", token="")
    used = Tried(replace(selectors.terms(coupon.promotion), code="TEN"), by_line={"lamp": 300}, worth=300)
    with transaction.atomic(using=db.DEFAULT):
        promotions.redeem(applied=[used], order_id=cancelled.pk, customer_id=None, email="", currency="USD")
    orders.cancel(order_id=cancelled.pk, by="guest")
    with transaction.atomic(using=db.CATALOG):
        bus.publish(types.ProductChanged(product_id=product.pk), using=db.CATALOG)
    outbox.drain()
    assert outbox.failures() == []
    for alias in db.databases():
        sql("SET CONSTRAINTS ALL IMMEDIATE", using=alias)
    return Shop(product, item, paid, cancelled, coupon)


def run(*args: str) -> str:
    out = StringIO()
    call_command("verify_invariants", *args, stdout=out, no_color=True)
    return out.getvalue()


def broken() -> dict[str, list[str]]:
    """The violations by code."""
    return {finding.code: finding.violations for finding in verify_invariants.verify() if finding.violations}


def sql(statement: str, *values: object, using: str = db.DEFAULT) -> None:
    with connections[using].cursor() as cursor:
        cursor.execute(statement, values)


def test_a_shop_in_order_is_clean(shop: Shop) -> None:
    lines = run().splitlines()
    states = {line.split()[0]: line.split()[1].rstrip(":") for line in lines if line.startswith("I")}
    assert states == {**{f"I{n}": "holds" for n in range(1, 14)}, "I14": "skipped"}


def test_what_cannot_be_looked_at_is_said() -> None:
    skipped = {finding.code for finding in verify_invariants.verify() if finding.skipped}
    assert skipped == {"I12", "I14"}


def test_json_is_one_object(shop: Shop) -> None:
    report = json.loads(run("--json"))
    assert report["is_clean"] is True
    assert [row["code"] for row in report["invariants"]] == [f"I{n}" for n in range(1, 15)]


def test_a_violation_ends_it_with_one(shop: Shop) -> None:
    sql("UPDATE checkout_order SET status = 'shipped' WHERE id = %s", shop.paid.pk)
    out = StringIO()
    with pytest.raises(CommandError, match=r"^1 violations of I8\.$") as caught:
        call_command("verify_invariants", "--json", stdout=out)
    assert caught.value.returncode == 1
    assert json.loads(out.getvalue())["is_clean"] is False


def test_nothing_can_be_written_while_it_looks() -> None:
    with pytest.raises(InternalError, match="read-only transaction"), invariants.read_only():
        sql("UPDATE catalog_product SET name = 'x'", using=db.CATALOG)
    sql("UPDATE catalog_product SET name = 'x'", using=db.CATALOG)  # and afterwards it can again


def test_I1_a_unit_that_no_movement_explains(shop: Shop) -> None:
    sql("UPDATE inventory_stockitem SET on_hand = on_hand + 1 WHERE id = %s", shop.item.pk, using=db.INVENTORY)
    assert broken()["I1"] == [f"stock item {shop.item.pk}: on hand 10, but its movements sum to 9"]


def test_I1_more_promised_than_there_is(shop: Shop) -> None:
    sql("ALTER TABLE inventory_stockitem DROP CONSTRAINT stock_item_not_oversold", using=db.INVENTORY)
    sql("UPDATE inventory_stockitem SET allocated = 10 WHERE id = %s", shop.item.pk, using=db.INVENTORY)
    assert f"stock item {shop.item.pk}: 10 units promised, but only 9 there" in broken()["I1"]


def test_I2_a_hold_that_no_row_explains(shop: Shop) -> None:
    sql("UPDATE inventory_stockitem SET reserved = 3 WHERE id = %s", shop.item.pk, using=db.INVENTORY)
    assert broken()["I2"] == [f"stock item {shop.item.pk}: reserved 3, but its open reservations sum to 0"]


def test_I2_a_sold_order_without_its_units(shop: Shop) -> None:
    where = "WHERE reference = %s"
    sql(f"UPDATE inventory_allocation SET quantity = 1 {where}", shop.paid.pk, using=db.INVENTORY)
    sql(f"UPDATE inventory_reservation SET quantity = 1 {where}", shop.paid.pk, using=db.INVENTORY)
    sentence = f"{shop.paid.number}: sold 2 units of variant {shop.item.variant_id}, 1 are allocated to it"
    assert sentence in broken()["I2"]


def test_I2_an_order_that_is_over_and_holds_units(shop: Shop) -> None:
    for table in ("allocation", "reservation"):
        sql(
            f"UPDATE inventory_{table} SET reference = %s WHERE reference = %s",
            shop.cancelled.pk, shop.paid.pk, using=db.INVENTORY,
        )  # fmt: skip
    sentence = f"{shop.cancelled.number}: cancelled, and still holds 2 units of variant {shop.item.variant_id}"
    assert sentence in broken()["I2"]


@pytest.fixture
def card(shop_sandbox: object) -> Order:
    """An order that the sandbox was paid for."""
    order = checkout.placed([catalog_item()])
    outbox.drain()
    order.refresh_from_db()
    assert order.status == "payment_confirmed"
    return order


def catalog_item() -> StockItem:
    variant = Variant.objects.get(product=catalog.product(units=3))
    return StockItem.objects.get(variant_id=variant.pk)


def test_I3_the_providers_books_agree(card: Order) -> None:
    findings = {finding.code: finding for finding in verify_invariants.verify()}
    assert (findings["I3"].is_checked, findings["I3"].violations, findings["I3"].skipped) == (True, [], [])


def test_I3_the_providers_books_differ(card: Order) -> None:
    payment = checkout.payment_of(card)
    sql("UPDATE checkout_payment SET captured_minor = 1 WHERE id = %s", payment.pk)
    sentence = f"payment {payment.pk}: ours is 1 captured and 0 refunded, stripe's 3000 and 0"
    assert broken()["I3"] == [sentence]


def test_I4_money_of_a_cancelled_order(shop: Shop) -> None:
    sql(
        "UPDATE checkout_order SET captured_minor = 500, updated_at = now() - interval '1 hour' WHERE id = %s",
        shop.cancelled.pk,
    )
    sentence = f"{shop.cancelled.number}: cancelled, and 500 of its money is neither back nor asked for"
    assert broken()["I4"] == [sentence]


@pytest.mark.parametrize("table", ["checkout_paymentevent", "shop_delivery", "shop_notification"])
def test_I5_what_happened_twice(shop: Shop, table: str) -> None:
    _twice(table)
    assert list(broken()) == ["I5"]


def _twice(table: str) -> None:
    """Copy every row of `table` under a new key, with nothing left that forbids it."""
    with connections[db.DEFAULT].cursor() as cursor:
        cursor.execute(
            "SELECT indexrelid::regclass, conname FROM pg_index LEFT JOIN pg_constraint ON conindid = indexrelid "
            "WHERE indrelid = %s::regclass AND indisunique AND NOT indisprimary",
            [table],
        )
        for index, constraint in cursor.fetchall():
            cursor.execute(
                f'ALTER TABLE {table} DROP CONSTRAINT "{constraint}"' if constraint else f"DROP INDEX {index}"
            )
        cursor.execute(f"CREATE TEMP TABLE copied ON COMMIT DROP AS SELECT * FROM {table}")
        cursor.execute("UPDATE copied SET id = gen_random_uuid()")
        cursor.execute(f"INSERT INTO {table} SELECT * FROM copied")


def test_I6_shares_that_do_not_add_up(shop: Shop) -> None:
    sql("UPDATE checkout_orderline SET tax_minor = 7 WHERE order_id = %s", shop.paid.pk)
    sentence = f"{shop.paid.number}: discount, delivery and tax are [0, 500, 0], the shares of its lines [0, 500, 7]"
    assert broken()["I6"] == [sentence]


def test_I6_a_payment_that_asks_for_more(shop: Shop) -> None:
    payment = checkout.payment_of(shop.paid)
    sql("UPDATE checkout_payment SET amount_minor = 9999 WHERE id = %s", payment.pk)
    assert broken()["I6"] == [f"payment {payment.pk} asks for 9999 USD, {shop.paid.number} comes to 5500 USD"]


def test_I7_a_payment_that_its_events_do_not_explain(shop: Shop) -> None:
    payment = checkout.payment_of(shop.paid)
    sql("DELETE FROM checkout_paymentevent WHERE payment_id = %s", payment.pk)
    assert broken()["I7"][0] == f"payment {payment.pk}: its sums are not those of its facts"


def test_I7_more_refunds_than_money(shop: Shop) -> None:
    payment = checkout.payment_of(shop.paid)
    payments.request_refund(order_id=shop.paid.pk, amount=Money(5500, "USD"), reason="", by="staff:1")
    sql("UPDATE checkout_refund SET amount_minor = 5501")
    assert broken()["I7"] == [f"payment {payment.pk}: 5501 were given back or asked for, 5500 captured"]


def test_I8_a_step_that_the_table_does_not_have(shop: Shop) -> None:
    sql("UPDATE checkout_orderstep SET trigger = 'items_picked' WHERE order_id = %s AND position = 3", shop.paid.pk)
    sentence = f"order {shop.paid.pk}: payment_pending → payment_confirmed by items_picked is no way to go"
    assert broken()["I8"] == [sentence]


def test_I9_a_coupon_used_more_often_than_it_says(shop: Shop) -> None:
    sql("UPDATE cart_redemption SET returned_at = NULL")
    assert broken()["I9"] == [
        "coupon TEN: used 0 times by its counter, 1 times by its redemptions",
        f"order {shop.cancelled.number} is cancelled, but its use of coupon TEN was not given back",
    ]


def test_I9_a_promotion_without_a_coupon_that_is_not_given_back(shop: Shop) -> None:
    row = promotion_factories.promotion(name="Summer", usage_limit=5)
    used = Tried(selectors.terms(row), by_line={"lamp": 300}, worth=300)
    with transaction.atomic(using=db.DEFAULT):
        promotions.redeem(applied=[used], order_id=shop.cancelled.pk, customer_id=None, email="", currency="USD")
    assert broken()["I9"] == [
        f"order {shop.cancelled.number} is cancelled, but its use of promotion Summer was not given back"
    ]
    sql("UPDATE cart_promotion SET used = 0, spent_minor = 0 WHERE id = %s", row.pk)
    assert "promotion Summer: used 0 times for 0 by its counters, 1 times for 300 by its redemptions" in broken()["I9"]


def test_I9_a_coupon_beyond_its_limit(shop: Shop) -> None:
    sql("ALTER TABLE cart_coupon DROP CONSTRAINT coupon_within_limit")
    sql("UPDATE cart_coupon SET used = 2")
    assert "coupon TEN: used 2 times, at most 1 are allowed" in broken()["I9"]


@pytest.mark.parametrize("using", db.databases())
@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("status = 'dead', last_error = 'Boom'", "is dead and waits for somebody to replay it: Boom"),
        ("status = 'pending', finished_at = NULL, due_at = now() - interval '1 hour'", "is overdue since"),
        ("event_id = gen_random_uuid()", "which does not exist"),
    ],
)
def test_I10_what_nobody_heard(shop: Shop, using: str, change: str, told: str) -> None:
    sql(f"UPDATE shop_delivery SET {change} WHERE id = (SELECT min(id::text)::uuid FROM shop_delivery)", using=using)
    assert [told in sentence for sentence in broken()["I10"]] == [True]


def test_I11_an_order_that_was_promised(shop: Shop) -> None:
    sql(
        "INSERT INTO shop_idempotentcall (id, scope, key, fingerprint, status, resource, locked_until) "
        "VALUES (gen_random_uuid(), 'guest', 'k', '', 201, 'ORD-2026999999', now())"
    )
    assert broken()["I11"] == ["a caller was told of order ORD-2026999999, which does not exist"]


def test_I11_a_cart_that_was_closed_for_nothing(shop: Shop) -> None:
    sql(
        "INSERT INTO cart_cart (id, token, status, version, channel, currency, language, coupons, notices, expires_at) "
        "VALUES (%s, 't', 'ordered', 1, 'web', 'USD', 'en', '[]', '[]', now())",
        shop.product.pk,
    )
    assert broken()["I11"] == [f"cart {shop.product.pk} was ordered, but there is no order of it"]


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE catalog_price SET amount_minor = 1", "its cheapest variant costs 1"),
        ("UPDATE catalog_listing SET price_minor = 1", "listed at 1 in USD, its listing price is 2500"),
        ("UPDATE catalog_listing SET is_in_stock = FALSE", "is listed as sold out, 7 units are available"),
        ("UPDATE catalog_product SET status = 'draft'", "is listed, but not active"),
        ("DELETE FROM catalog_listing", "is active, but not listed"),
    ],
)
def test_I12_copies_that_differ(shop: Shop, statement: str, told: str) -> None:
    sql(statement, using=db.CATALOG)
    assert [told in sentence for sentence in broken()["I12"]] == [True]


def test_I12_waits_for_events_that_are_on_their_way(shop: Shop) -> None:
    sql("DELETE FROM catalog_listing", using=db.CATALOG)
    sql(
        "UPDATE shop_delivery SET status = 'pending', finished_at = NULL, due_at = now() "
        "WHERE subscriber LIKE 'catalog.search.%%'",
        using=db.INVENTORY,
    )
    assert broken() == {}


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE checkout_payment SET status = 'processing', updated_at = now() - interval '2 hours'", "is processing"),
        (
            "UPDATE shop_notification SET status = 'sending', created_at = now() - interval '2 hours'",
            "is sending since",
        ),
        (
            "INSERT INTO checkout_providerevent (id, provider, event_id, event_type, reference, payload, received_at, "
            "attempts, last_error) VALUES (gen_random_uuid(), 'stripe', 'evt_1', 't', '', '{}', "
            "now() - interval '1 hour', 0, '')",
            "message evt_1 of stripe is unprocessed since",
        ),
    ],
)
def test_I13_what_is_stuck(shop: Shop, statement: str, told: str) -> None:
    sql(statement)
    assert {told in sentence for sentence in broken()["I13"]} == {True}


def test_I13_an_order_that_nobody_ended(shop: Shop) -> None:
    waiting = checkout.placed([shop.item])
    sql("UPDATE checkout_order SET placed_at = now() - interval '7 hours' WHERE id = %s", waiting.pk)
    assert broken()["I13"][0].startswith(f"order {waiting.number} waits for a card payment since")
