"""Coupon limits are the database's (I9, F24)."""

import threading

import pytest
from django.db import connection, transaction

from cart.promotions import engine, selectors, services
from cart.promotions.models import Coupon, Redemption
from shop.core import db
from shop.core.money import Money


def coupon(**changes):
    return Coupon.objects.create(**{"code": "TEN", "name": "Ten percent", "kind": "percent", "percent": 10, **changes})


def redeem(order_id=None):
    taken = engine.Discount("TEN", "Ten percent", Money(100, "USD"))
    with transaction.atomic(using=db.DEFAULT):
        services.redeem(discounts=[taken], order_id=order_id or db.uuid7(), customer_id=None)


@pytest.mark.django_db
def test_known_code_in_any_case_and_unknown_code():
    coupon()
    found, problems = selectors.discounts(codes=[" ten", "nope"], subtotal=Money(2000, "USD"))
    assert [(one.code, one.amount.minor) for one in found] == [("TEN", 200)]
    assert problems == {"NOPE": "We do not know this coupon code."}


@pytest.mark.django_db
def test_queries(django_assert_num_queries):
    coupon()
    with django_assert_num_queries(0):
        selectors.discounts(codes=[], subtotal=Money(2000, "USD"))
    with django_assert_num_queries(2):
        selectors.discounts(codes=["TEN", "A", "B"], subtotal=Money(2000, "USD"))


@pytest.mark.django_db
def test_given_back_once():
    row = coupon(usage_limit=1)
    order = db.uuid7()
    redeem(order)
    with pytest.raises(services.CouponUsedUp):
        redeem()
    assert services.give_back(order_id=order) == 1
    assert services.give_back(order_id=order) == 0
    row.refresh_from_db()
    assert row.used == 0
    redeem()


def race(buyers: int) -> tuple[int, int]:
    """So many orders redeem the coupon at once; how many could and how many were refused."""
    barrier, results = threading.Barrier(buyers), []

    def buy():
        try:
            barrier.wait()
            redeem()
            results.append(True)
        except services.CouponUsedUp:
            results.append(False)
        finally:
            connection.close()

    threads = [threading.Thread(target=buy) for _ in range(buyers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results.count(True), results.count(False)


@pytest.mark.django_db(transaction=True)
def test_F24_limit_holds_when_all_redeem_at_once():
    row = coupon(usage_limit=3)
    assert race(20) == (3, 17)
    row.refresh_from_db()
    assert row.used == Redemption.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_F24_negative_control_read_then_write_oversteps_the_limit(monkeypatch):
    """The same race with the condition checked beforehand, as shops do that have this bug: it must be seen."""
    coupon(usage_limit=3)
    together = threading.Barrier(20)

    def unguarded(*, discounts, order_id, customer_id):
        row = Coupon.objects.get(code="TEN")
        together.wait()
        if row.used >= row.usage_limit:
            raise services.CouponUsedUp("TEN")
        Redemption.objects.create(coupon=row, order_id=order_id, amount_minor=1)

    monkeypatch.setattr(services, "redeem", unguarded)
    assert race(20) == (20, 0)
