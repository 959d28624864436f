"""Use promotions, and give uses back; make coupons."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce, Now, Upper
from django.utils.translation import gettext as _

from cart.promotions import locking, rules, selectors
from cart.promotions.locking import Limits
from cart.promotions.models import CodeBatch, Coupon, CustomerUse, Promotion, Redemption
from cart.promotions.rules import Tried
from shop.core import db
from shop.events import bus, types

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that looks like another one
LENGTH = 10  # of a code without its prefix: 32^10 of them cannot be guessed
MOST_CODES = 100_000
BATCH = 5_000


class CouponUsedUp(Exception):
    """A promotion of the order was used up, or switched off, since the quote. `code` is the coupon's, if by one, else
    the promotion's name; `message` a sentence for the shopper.
    """

    def __init__(self, code: str, *, is_coupon: bool = True) -> None:
        super().__init__(code)
        self.code = code
        told = _("The coupon %(code)s was used up.") if is_coupon else _("The discount “%(code)s” has ended.")
        self.message = told % {"code": code}


def redeem(*, applied: Sequence[Tried], order_id: UUID, customer_id: UUID | None, email: str, currency: str) -> None:
    """Count one use of each promotion for the order, inside the order's transaction. Raises `CouponUsedUp`.

    One conditional UPDATE for each limit that there is, in the order of their keys so that two orders cannot deadlock:
    the row lock that it takes and the CHECK on the table make the limit exact under concurrency (I9). A promotion
    without limits is not locked: orders do not wait for each other.
    """
    key = rules.customer_key(email)
    for one in sorted(applied, key=lambda one: one.promotion.id):
        promotion_id, worth = UUID(one.promotion.id), one.worth
        limits = locking.limits(promotion_id)
        is_left = limits is not None and _count(promotion_id, limits, worth, currency)
        if limits is None or not is_left or not _count_customer(promotion_id, limits, key):
            raise CouponUsedUp(one.promotion.code or one.promotion.name, is_coupon=bool(one.promotion.code))
        coupon_id = _count_coupon(one.promotion.code) if one.promotion.code else None
        if one.promotion.code and coupon_id is None:
            raise CouponUsedUp(one.promotion.code)
        Redemption.objects.create(
            promotion_id=promotion_id,
            coupon_id=coupon_id,
            order_id=order_id,
            customer_id=customer_id,
            customer_key=key,
            amount_minor=worth,
            currency=currency,
        )


def _count(promotion_id: UUID, limits: Limits, worth: int, currency: str) -> bool:
    """Whether the promotion may be used once more; counted where it has a limit."""
    if limits.usage is None and limits.budget is None:
        return True
    row = Promotion.objects.filter(pk=promotion_id)
    left = row.filter(Q(usage_limit__isnull=True) | Q(used__lt=F("usage_limit")))
    enough = Q(budget_currency=currency, spent_minor__lte=F("budget_minor") - worth)
    left = left.filter(Q(budget_minor__isnull=True) | enough)
    return bool(left.update(used=F("used") + 1, spent_minor=F("spent_minor") + worth))


def _count_customer(promotion_id: UUID, limits: Limits, key: str) -> bool:
    """Whether the customer may use it once more."""
    most = limits.customer
    if most is None:
        return True
    CustomerUse.objects.bulk_create(
        [CustomerUse(promotion_id=promotion_id, customer_key=key, most=most)], ignore_conflicts=True
    )
    mine = CustomerUse.objects.filter(promotion_id=promotion_id, customer_key=key, used__lt=most)
    return bool(mine.update(used=F("used") + 1, most=most))


def _count_coupon(code: str) -> UUID | None:
    """Count one use of the coupon; its id, or None if it may not be used any more."""
    row = Coupon.objects.alias(upper=Upper("code")).filter(upper=code, is_active=True)
    counted = row.filter(Q(usage_limit__isnull=True) | Q(used__lt=F("usage_limit"))).update(used=F("used") + 1)
    return row.values_list("pk", flat=True).get() if counted else None


def give_back(*, order_id: UUID) -> int:
    """Return the uses of a cancelled order, once; returns how many. Joins or opens a transaction."""
    with transaction.atomic(using=db.DEFAULT):
        rows = locking.live_redemptions(order_id)
        for row in rows:
            if row.promotion_id:
                _give_back(row.promotion_id, row)
            if row.coupon_id:
                Coupon.objects.filter(pk=row.coupon_id).update(used=F("used") - 1)
        Redemption.objects.filter(pk__in=[row.pk for row in rows]).update(returned_at=Now())
    return len(rows)


def _give_back(promotion_id: UUID, row: Redemption) -> None:
    limited = Q(usage_limit__isnull=False) | Q(budget_minor__isnull=False)
    Promotion.objects.filter(limited, pk=promotion_id, used__gt=0).update(
        used=F("used") - 1, spent_minor=F("spent_minor") - row.amount_minor
    )
    mine = CustomerUse.objects.filter(promotion_id=promotion_id, customer_key=row.customer_key, used__gt=0)
    mine.update(used=F("used") - 1)


def make_codes(*, batch_id: UUID) -> int:
    """Make what is missing of the batch's coupons, each for one use; returns how many. A second call goes on, two
    at once make no more.
    """
    made = 0
    while wanted := _make_some(batch_id):
        made += wanted
    return made


def _make_some(batch_id: UUID) -> int:
    with transaction.atomic(using=db.DEFAULT):
        batch = locking.batch(batch_id)
        wanted = min(BATCH, batch.number - batch.made)
        if wanted > 0:
            codes = {f"{batch.prefix}{_code()}" for _ in range(wanted)}
            rows = [Coupon(promotion_id=batch.promotion_id, code=code, usage_limit=1, batch=batch) for code in codes]
            Coupon.objects.bulk_create(rows, ignore_conflicts=True)
            CodeBatch.objects.filter(pk=batch_id).update(made=batch.coupons.count())
    return max(0, wanted)


def finish_batches() -> None:
    """Make what is missing of every batch."""
    for batch_id in CodeBatch.objects.filter(made__lt=F("number")).values_list("pk", flat=True):
        make_codes(batch_id=batch_id)


def _code() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def save(row: Promotion) -> None:
    """Store a promotion as a new version of its terms, its counters true to its redemptions: also where a limit is new.

    Orders that use it hold its row until they are done, so that none is missed.
    """
    with transaction.atomic(using=db.DEFAULT):
        was_listed = Promotion.objects.filter(pk=row.pk, lane=Promotion.Lane.CATALOGUE).exists()
        if locking.alone(row.pk):
            live = Redemption.objects.filter(promotion=row, returned_at__isnull=True)
            sums = live.aggregate(used=Count("id"), spent=Coalesce(Sum("amount_minor"), 0))
            is_limited = row.usage_limit is not None or row.budget_minor is not None
            row.used, row.spent_minor = (sums["used"], sums["spent"]) if is_limited else (0, 0)
            row.version = Promotion.objects.values_list("version", flat=True).get(pk=row.pk) + 1
            _recount_customers(row)
        row.save()
        if was_listed or row.lane == Promotion.Lane.CATALOGUE:
            bus.publish(types.PromotionChanged(promotion_id=row.pk), using=db.DEFAULT)
        transaction.on_commit(selectors.forget, using=db.DEFAULT)


def _recount_customers(row: Promotion) -> None:
    CustomerUse.objects.filter(promotion=row).delete()
    if row.customer_limit is None:
        return
    live = Redemption.objects.filter(promotion=row, returned_at__isnull=True).values_list("customer_key")
    CustomerUse.objects.bulk_create(
        CustomerUse(promotion=row, customer_key=key, used=used, most=max(used, row.customer_limit))
        for key, used in live.annotate(used=Count("id")).order_by()
    )
