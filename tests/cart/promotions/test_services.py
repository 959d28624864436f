"""Promotions are used as often as they may be, and no more (I9, F24)."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction

from cart.promotions import rules, selectors, services
from cart.promotions.models import CodeBatch, Coupon, CustomerUse, Promotion, Redemption
from cart.promotions.rules import Tried
from shop.core import db
from tests.factories.promotions import coupon, promotion


def used(row: Promotion, code: str = "", worth: int = 100) -> Tried:
    return Tried(replace(selectors.terms(row), code=code), by_line={"lamp": worth}, worth=worth)


def redeem(*applied: Tried, order_id: UUID | None = None, email: str = "ada@example.com") -> None:
    with transaction.atomic(using=db.DEFAULT):
        services.redeem(applied=applied, order_id=order_id or db.uuid7(), customer_id=None, email=email, currency="USD")


def counts(row: Promotion) -> tuple[int, int]:
    row.refresh_from_db()
    return row.used, row.spent_minor


@pytest.mark.django_db
def test_a_use_of_everything_that_has_a_limit_is_counted_and_given_back_once() -> None:
    made = coupon("TEN", usage_limit=2)
    row = made.promotion
    row.usage_limit, row.budget_minor, row.budget_currency, row.customer_limit = 2, 500, "USD", 1
    services.save(row)
    order = db.uuid7()
    redeem(used(row, "TEN", 200), order_id=order)
    made.refresh_from_db()
    assert (made.used, counts(row), CustomerUse.objects.get().used) == (1, (1, 200), 1)

    with pytest.raises(services.CouponUsedUp, match="TEN"):
        redeem(used(row, "TEN"), email=" ADA@example.com")  # the same customer
    with pytest.raises(services.CouponUsedUp):
        redeem(used(row, "TEN", 301), email="bob@example.com")  # the budget
    made.refresh_from_db()
    assert (made.used, counts(row), Redemption.objects.count()) == (1, (1, 200), 1)

    assert [services.give_back(order_id=order) for _ in range(2)] == [1, 0]
    made.refresh_from_db()
    assert (made.used, counts(row), CustomerUse.objects.get().used) == (0, (0, 0), 0)
    redeem(used(row, "TEN", 500))


@pytest.mark.django_db
def test_without_limits_nothing_is_counted_but_every_use_is_known() -> None:
    row = promotion()
    for _ in range(3):
        redeem(used(row))

    assert (counts(row), Redemption.objects.count(), CustomerUse.objects.count()) == ((0, 0), 3, 0)


@pytest.mark.django_db
def test_a_limit_that_is_new_counts_what_was_used_before() -> None:
    row = promotion()
    for email in ("ada@example.com", "ada@example.com", "bob@example.com"):
        redeem(used(row), email=email)
    row.usage_limit, row.customer_limit = 4, 2
    services.save(row)

    assert counts(row) == (3, 300)
    with pytest.raises(services.CouponUsedUp):
        redeem(used(row), email="ada@example.com")
    redeem(used(row), email="bob@example.com")
    with pytest.raises(services.CouponUsedUp):
        redeem(used(row), email="carol@example.com")


@pytest.mark.django_db
@pytest.mark.parametrize("status", ["draft", "paused", "ended"])
def test_what_is_not_active_is_not_used(status: str) -> None:
    row = promotion(status=status)

    with pytest.raises(services.CouponUsedUp, match="10 % off"):
        redeem(used(row))


@pytest.mark.django_db
def test_coupons_that_are_switched_off_or_gone_are_not_used() -> None:
    made = coupon("TEN", is_active=False)

    for code in ("TEN", "GONE"):
        with pytest.raises(services.CouponUsedUp, match=code):
            redeem(used(made.promotion, code))


@pytest.mark.django_db
def test_codes_by_the_thousand() -> None:
    row = promotion(needs_code=True)
    batch = CodeBatch.objects.create(promotion=row, prefix="XMAS", number=6_001)

    assert services.make_codes(batch_id=batch.pk) == 6_001
    assert services.make_codes(batch_id=batch.pk) == 0
    codes = set(Coupon.objects.values_list("code", flat=True))
    assert len(codes) == 6_001
    assert {len(code) for code in codes} == {14}
    assert all(rules.canonical(code) == code for code in codes)


# --- Many at once


@pytest.fixture
def limited(transactional_db: None) -> Promotion:
    return coupon("TEN", usage_limit=3).promotion


def race(row: Promotion, buyers: int, *, email: str = "") -> tuple[int, int]:
    """So many orders use the promotion at once; how many could and how many were refused."""
    barrier, results = threading.Barrier(buyers), []
    term = used(row, "TEN" if row.needs_code else "")

    def buy(number: int) -> None:
        try:
            barrier.wait()
            redeem(term, email=email or f"{number}@example.com")
            results.append(True)
        except services.CouponUsedUp:
            results.append(False)
        finally:
            connection.close()

    threads = [threading.Thread(target=buy, args=[number]) for number in range(buyers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results.count(True), results.count(False)


def test_F24_limit_holds_when_all_redeem_at_once(limited: Promotion) -> None:
    assert race(limited, 50) == (3, 47)
    assert Coupon.objects.get().used == Redemption.objects.count() == 3


def test_F24_one_customer_many_times_at_once(transactional_db: None) -> None:
    row = promotion(customer_limit=2)

    assert race(row, 20, email="ada@example.com") == (2, 18)
    assert CustomerUse.objects.get().used == Redemption.objects.count() == 2


def test_F24_a_budget_that_all_want(transactional_db: None) -> None:
    row = promotion(budget_minor=250, budget_currency="USD")

    assert race(row, 20) == (2, 18)
    assert counts(row) == (2, 200)


def test_F24_a_limit_that_is_set_while_all_buy(transactional_db: None) -> None:
    """Orders that were there before the limit are counted, none comes in between."""
    row = promotion()

    def restrict() -> None:
        try:
            mine = Promotion.objects.get(pk=row.pk)
            mine.usage_limit = 1_000
            services.save(mine)
        finally:
            connection.close()

    merchant = threading.Thread(target=restrict)
    merchant.start()
    assert race(row, 20)[0] == 20
    merchant.join()
    assert counts(row)[0] == Redemption.objects.count() == 20


@pytest.fixture
def unguarded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Uses are read, and then counted, as in shops that have this bug."""
    together = threading.Barrier(20)

    def redeem(*, applied: Any, order_id: UUID, **_more: Any) -> None:
        row = Coupon.objects.get(code="TEN")
        together.wait()
        if row.used >= (row.usage_limit or 0):
            raise services.CouponUsedUp("TEN")
        Redemption.objects.create(
            promotion=row.promotion, coupon=row, order_id=order_id, amount_minor=1, currency="USD"
        )

    monkeypatch.setattr(services, "redeem", redeem)


@pytest.mark.usefixtures("unguarded")
def test_F24_negative_control_read_then_write_oversteps_the_limit(limited: Promotion) -> None:
    assert race(limited, 20) == (20, 0)


def test_F24_the_database_itself_refuses_one_use_too_many(limited: Promotion) -> None:
    with pytest.raises(IntegrityError, match="coupon_within_limit"):
        Coupon.objects.update(used=4)
