"""Drafts that nobody has touched for long are deleted; placed ones and those that somebody works on stay."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now

from cart.carts.models import Cart
from checkout.drafts import clearing, locking, selectors, services, tasks
from checkout.drafts.models import Draft
from shop.audit.models import AuditEntry
from tests.factories import cart as carts
from tests.factories.checkout import ADDRESS

pytestmark = pytest.mark.django_db(transaction=True)
BY = "staff:1"


@pytest.fixture(autouse=True)
def _rates() -> None:
    carts.rates()


def drafted(*, days: int = 0) -> Draft:
    """A draft that was changed so many days ago."""
    wish = services.Wish(
        email="ada@example.com", units={carts.variant_of(carts.product()).pk: 1}, shipping_address=ADDRESS,
        currency="USD", language="en",
    )  # fmt: skip
    draft = services.create(wish=wish, by=BY)
    if days:
        age(draft, days)
    return draft


def age(draft: Draft, days: int) -> None:
    Draft.objects.filter(pk=draft.pk).update(updated_at=Now() - timedelta(days=days))


def place(draft: Draft) -> None:
    look = selectors.look(draft)
    services.place(draft_id=draft.pk, seen_version=look.cart.version, seen_total=look.total, way="link", by=BY)


def test_what_nobody_has_touched_for_long_goes_and_its_cart_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clearing, "BATCH", 1)
    old, older, young = drafted(days=91), drafted(days=400), drafted(days=89)
    assert tasks.clear_abandoned() == 2
    assert list(Draft.objects.all()) == [young]
    gone = Cart.objects.filter(pk__in=[old.cart_id, older.cart_id])
    assert set(gone.values_list("status", flat=True)) == {"expired"}
    assert Cart.objects.get(pk=young.cart_id).status == "open"
    assert AuditEntry.objects.filter(action="draft.delete", actor="system").count() == 2
    assert tasks.clear_abandoned() == 0


def test_how_long_is_a_setting_and_0_keeps_them(settings: Any) -> None:
    drafted(days=400)
    settings.DRAFT_KEEP = timedelta(days=0)
    assert clearing.clear_abandoned() == 0
    settings.DRAFT_KEEP = timedelta(days=500)
    assert clearing.clear_abandoned() == 0
    settings.DRAFT_KEEP = timedelta(days=399)
    assert clearing.clear_abandoned() == 1


def test_what_became_an_order_stays() -> None:
    noted, unnoted = drafted(), drafted()
    place(noted)
    place(unnoted)
    Draft.objects.filter(pk=unnoted.pk).update(order_id=None, placed_at=None)  # the process died before noting it
    age(noted, 400)
    age(unnoted, 400)
    assert clearing.clear_abandoned() == 0
    assert Draft.objects.count() == 2


def test_what_somebody_saves_at_that_moment_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control of asking again under the lock: what was found is not what is there."""
    draft = drafted(days=91)
    lock = locking.draft

    def late(draft_id: Any) -> Draft:
        Draft.objects.filter(pk=draft_id).update(updated_at=Now())
        return lock(draft_id)

    monkeypatch.setattr(locking, "draft", late)
    assert clearing.clear_abandoned() == 0
    assert Draft.objects.get() == draft
