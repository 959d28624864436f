"""Gift cards: balances, keys, ends, batches; and that no cent is lost or made."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checkout.giftcards import invariants, rules, selectors, services, spending
from checkout.giftcards.models import GiftCard, GiftCardEntry
from checkout.ledger import selectors as ledger
from shop.audit.models import AuditEntry
from shop.core import db
from shop.core.money import Money
from shop.events.models import OutboxEvent
from shop.notifications import services as notifications
from shop.notifications.models import Notification
from tests.factories.currencies import currency
from tests.factories.giftcards import card, code, left

pytestmark = pytest.mark.django_db


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def hold(made: GiftCard, minor: int, payment_id=None, key: str = "h"):
    payment_id = payment_id or db.uuid7()
    spending.hold(
        card_id=made.pk, payment_id=payment_id, amount=usd(minor), document="ORD-1", key=key, by="system"
    )  # fmt: skip
    return payment_id


def kinds(made: GiftCard) -> list[tuple[str, int]]:
    return [(entry.kind, entry.amount_minor) for entry in reversed(selectors.history(made.pk))]


def test_a_card_is_issued_once_for_its_id() -> None:
    key = db.uuid7()
    for _twice in range(2):
        services.issue(card_id=key, amount=usd(2000), by="staff:1", reason="Sorry")
    made = GiftCard.objects.get()
    assert (made.balance, made.initial, kinds(made)) == (usd(2000), usd(2000), [("issued", 2000)])
    with pytest.raises(services.KeyReused):
        services.issue(card_id=key, amount=usd(2001), by="staff:1")
    assert AuditEntry.objects.filter(action="giftcard.issued", object_id=str(key)).count() == 1
    assert invariants.balances_are_sums() == []


def test_the_most_that_staff_put_on_one_is_as_much_in_every_currency() -> None:
    assert selectors.largest("EUR") == Money(1_000_000, "EUR"), "nobody said what a euro is worth"
    currency("EUR", "0.92")
    currency("JPY", "149.35", step_minor=10)
    assert [selectors.largest(code).minor for code in ("USD", "EUR", "JPY")] == [1_000_000, 920_000, 1_493_500]
    card(1_493_500, currency="JPY")
    with pytest.raises(services.BadAmount):
        card(1_493_501, currency="JPY")


@pytest.mark.parametrize("minor", [0, -1, -2000, 1_000_001, 10**15])
def test_amounts_that_no_card_has_are_refused(minor: int) -> None:
    with pytest.raises(services.BadAmount):
        card(minor)
    assert not GiftCard.objects.exists()


def test_the_code_is_kept_as_a_keyed_digest_and_encrypted() -> None:
    made = card()
    plain = code(made).replace("-", "")
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(card)::text FROM checkout_giftcard card")
        stored = cursor.fetchone()[0]
    assert plain not in stored
    assert (made.last4, plain[-4:] in stored) == (plain[-4:], True)
    found = selectors.with_code(code(made).lower())
    assert found is not None
    assert (found.id, found.balance) == (made.pk, usd(2000))


def test_unknown_and_ended_codes_are_answered_alike_with_the_same_queries() -> None:
    known, ended = card(), card()
    services.end(card_id=ended.pk, by="staff:1")
    asked = []
    for typed in (code(known), code(ended), "0000-0000-0000-0000", "nonsense"):
        with CaptureQueriesContext(connection) as queries:
            found = selectors.with_code(typed)
        asked.append((found is not None, [one["sql"].partition("IN (")[0] for one in queries][:1]))
    assert [one for one, _sql in asked] == [True, False, False, False]
    assert len({str(sql) for _one, sql in asked}) == 1


def test_keys_rotate_and_codes_are_found_all_the_while(settings) -> None:
    made = card()
    typed, before = code(made), made.code_digest
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another secret key of the shop"
    assert selectors.with_code(typed) is not None
    assert services.redigest() == 1
    assert services.redigest() == 0
    assert GiftCard.objects.get().code_digest != before
    assert selectors.with_code(typed) is not None


def test_hold_take_release_and_refund() -> None:
    made = card(2000)
    payment_id = hold(made, 1500)
    assert left(made) == 500
    spending.take(payment_id=payment_id, amount=usd(1200), key="t", by="system")
    spending.release(payment_id=payment_id, key="r", by="system")
    assert left(made) == 800
    for _twice in range(2):
        spending.refund(payment_id=payment_id, amount=usd(1000), key="back", by="system")
    with pytest.raises(services.NotEnough):
        spending.refund(payment_id=payment_id, amount=usd(201), key="more", by="system")
    assert spending.release(payment_id=payment_id, key="r2", by="system") is None
    assert left(made) == 1800
    assert kinds(made) == [("issued", 2000), ("held", -1500), ("taken", 0), ("released", 300), ("refunded", 1000)]


@pytest.mark.parametrize(("minor", "currency"), [(2001, "USD"), (100, "EUR")])
def test_more_than_there_is_and_another_currency_are_refused(minor: int, currency: str) -> None:
    made = card(2000)
    with pytest.raises(services.NotEnough):
        spending.hold(
            card_id=made.pk, payment_id=db.uuid7(), amount=Money(minor, currency), document="", key="h", by="x"
        )
    assert (left(made), kinds(made)) == (2000, [("issued", 2000)])


def test_an_ended_card_and_one_that_is_over_cannot_be_spent() -> None:
    ended, over = card(), card(expires_at=db.clock() - timedelta(seconds=1))
    services.end(card_id=ended.pk, by="staff:1")
    for made in (ended, over):
        with pytest.raises(services.NotEnough):
            hold(made, 100)
        assert selectors.usable([made.pk], "USD") == []
    services.end(card_id=ended.pk, by="staff:1", is_active=True)
    hold(ended, 100)
    assert [entry.action for entry in AuditEntry.objects.filter(action__in=["giftcard.end", "giftcard.reopen"])] == [
        "giftcard.end", "giftcard.reopen",
    ]  # fmt: skip


def test_what_is_left_on_a_card_that_is_over_expires_once() -> None:
    made = card(expires_at=db.clock() + timedelta(days=1))
    payment_id = hold(made, 500)
    GiftCard.objects.update(expires_at=db.clock() - timedelta(days=1))
    assert (services.expire(), services.expire()) == (1, 0)
    assert left(made) == 0
    spending.release(payment_id=payment_id, key="r", by="system")
    made.refresh_from_db()
    assert made.balance == usd(500)
    assert made.expires_at is not None
    assert made.expires_at > db.clock() + timedelta(days=29)  # what came back can be spent
    owed = {one.account: one.amount.minor for one in ledger.balances()}
    assert (owed["gift_cards"], owed["gift_cards_expired"], owed["gift_cards_given"]) == (-500, -1500, 2000)
    assert invariants.balances_are_sums() == []


def test_staff_add_and_take_off() -> None:
    made = card(2000)
    for _twice in range(2):
        services.add(card_id=made.pk, amount=usd(500), reason="Sorry", key="a", by="staff:1")
        services.withdraw(card_id=made.pk, amount=usd(100), reason="Slip", key="w", by="staff:1")
    assert left(made) == 2400
    with pytest.raises(services.NotEnough):
        services.withdraw(card_id=made.pk, amount=usd(2401), reason="", key="w2", by="staff:1")
    with pytest.raises(services.BadAmount):
        services.add(card_id=made.pk, amount=usd(1_000_000), reason="", key="a2", by="staff:1")


def test_a_batch_is_issued_once_and_shown_once() -> None:
    key = db.uuid7()
    for _twice in range(2):
        batch = services.issue_batch(batch_id=key, name="Fair", count=1200, amount=usd(500), by="staff:1")
    assert GiftCard.objects.filter(batch=batch).count() == 1200
    shown = services.codes(batch_id=key, by="staff:1")
    assert shown is not None
    assert len({one for one, _card in shown}) == 1200
    assert selectors.with_code(shown[7][0]).id == shown[7][1].pk
    assert services.codes(batch_id=key, by="staff:1") is None
    assert invariants.balances_are_sums() == []
    for count in (0, -1, rules.MOST_IN_BATCH + 1):
        with pytest.raises(services.BadAmount):
            services.issue_batch(batch_id=db.uuid7(), name="x", count=count, amount=usd(500), by="staff:1")


@pytest.mark.parametrize(
    "what", ["UPDATE checkout_giftcardentry SET amount_minor = 1", "DELETE FROM checkout_giftcardentry"]
)
def test_A43_entries_cannot_be_changed(what: str) -> None:
    card()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(what)


def test_a_balance_that_is_not_the_sum_is_found() -> None:
    made = card(2000)
    GiftCard.objects.update(balance_minor=2500)
    assert invariants.balances_are_sums() == [
        f"I7 gift card {made.pk}: the balance is 2500, its entries come to 2000",
        "I7 gift cards in USD: they hold 2500, the ledger says that we owe 2000",
    ]
    with pytest.raises(IntegrityError), transaction.atomic():
        GiftCard.objects.update(balance_minor=-1)


def test_the_mail_has_the_code_and_nothing_that_is_kept_has_it() -> None:
    made = card(5000, recipient="ada@example.com")
    plain = code(made)
    row = Notification.objects.get()
    notifications.send(notification_id=row.pk)
    (sent,) = mail.outbox
    assert sent.to == ["ada@example.com"]
    assert plain in sent.body
    assert plain in str(sent.alternatives[0][0])
    assert "$50.00" in sent.subject
    row.refresh_from_db()
    kept = [*Notification.objects.values(), *AuditEntry.objects.values(), *OutboxEvent.objects.values()]
    assert plain not in str(kept)
    assert plain.replace("-", "") not in str(kept)
    assert [services.send_again(card_id=made.pk, by="staff:1") for _twice in range(2)] == [True, False]


STEP = st.tuples(
    st.sampled_from(["issue", "hold", "take", "release", "refund", "add", "withdraw"]),
    st.integers(0, 2),
    st.integers(0, 2),
    st.integers(1, 1500),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEP, max_size=14))
def test_whatever_is_done_no_cent_is_lost_or_made(steps: list[tuple[str, int, int, int]]) -> None:
    """What was put on cards = what is on them + what payments hold and keep."""
    with transaction.atomic():
        cards, payments, put = [card(1000) for _ in range(3)], [db.uuid7() for _ in range(3)], 3000
        for number, (what, which, payment, minor) in enumerate(steps):
            put += _do(what, cards[which], payments[payment], minor, str(number))
        used = [selectors.use_of(one) for one in payments]
        on_cards = sum(GiftCard.objects.values_list("balance_minor", flat=True))
        assert on_cards + sum(use.open + use.kept for use in used) == put
        assert all(use.open >= 0 and use.kept >= 0 for use in used)
        assert [one for one in invariants.balances_are_sums() if "not paid with a gift card" not in one] == []
        transaction.set_rollback(True)


def _do(what: str, made: GiftCard, payment_id, minor: int, key: str) -> int:
    """One step; what it put on cards."""
    about = {"payment_id": payment_id, "key": key, "by": "x"}
    staff = {"card_id": made.pk, "amount": usd(minor), "reason": "", "key": key, "by": "x"}
    commands = {
        "issue": lambda: card(minor),
        "hold": lambda: _hold_once(made, minor, about),
        "take": lambda: spending.take(amount=usd(minor), **about),
        "release": lambda: spending.release(**about),
        "refund": lambda: spending.refund(amount=usd(minor), **about),
        "add": lambda: services.add(**staff),
        "withdraw": lambda: services.withdraw(**staff),
    }
    try:
        commands[what]()
    except services.NotEnough:
        return 0
    return {"issue": minor, "add": minor, "withdraw": -minor}.get(what, 0)


def _hold_once(made: GiftCard, minor: int, about) -> None:
    if not GiftCardEntry.objects.filter(payment_id=about["payment_id"]).exists():
        spending.hold(card_id=made.pk, amount=usd(minor), document="", **about)
