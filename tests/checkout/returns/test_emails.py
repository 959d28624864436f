"""What mails about returns say of money."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.template.loader import render_to_string

from checkout.payments import services as payments
from checkout.returns import pages, screen, selectors, wording
from checkout.returns import services as returns
from checkout.storecredit import selectors as credit
from shop.core import formats
from shop.core.money import Money
from shop.notifications import samples
from shop.notifications.models import Notification
from tests import outbox
from tests.factories import cart as carts
from tests.factories import returns as make
from tests.factories.changes import bought, now
from tests.fakes.sandbox import RunningSandbox

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("provider", "token", "units", "told"),
    [
        ("stripe", "pm_card_visa", 1, "is in your account as store credit now."),
        ("invoice", "", 0, "less now."),
    ],
)
def test_nobody_is_told_of_credit_that_is_not_there(
    shop_sandbox: RunningSandbox, mailoutbox: list[Any], provider: str, token: str, units: int, told: str
) -> None:
    """Where nothing was paid yet, there is nothing to be given: the order costs less."""
    carts.rates()
    make.rule()
    customer = carts.customer()
    order = make.delivered(
        bought((carts.product(amount=2000), 2), customer_id=customer.pk, provider=provider, token=token)
    )
    found = make.back(make.asked(now(order), make.wanted(make.lines(order)[0]), wish="store_credit"))
    done = returns.reimburse(return_id=found.pk, by="staff:1")
    outbox.drain(rounds=50)
    [mail] = [one for one in mailoutbox if done.amount.format() in one.body and found.number in one.body]
    assert (told in mail.body, credit.balance(customer.pk, "USD").minor) == (True, units * done.amount.minor)


def after_goodwill(minor: int, *, units: int = 2, **more: Any) -> tuple[Any, Any]:
    """An order of 55.00 of which `minor` was given back as goodwill, and the return of so many of its two units."""
    make.rule()
    order = make.arrived(quantity=2, **more)
    payments.request_refund(order_id=order.pk, amount=Money(minor, "USD"), reason="sorry", by="staff:1")
    return order, make.back(make.asked(order, make.wanted(make.lines(order)[0], units)))


def test_what_is_told_after_goodwill_is_what_goes_out(mailoutbox: list[Any]) -> None:
    """Worth of what came back, less what was given back before, is what is sent: in the preview, the mail, the page."""
    order, found = after_goodwill(2000)
    seen = returns.simulate(return_id=found.pk, by="staff:1")
    assert (seen.amount.minor, seen.goodwill.minor, [one.amount.minor for one in seen.goings]) == (5500, 2000, [3500])
    shown = screen.settlement(order, seen)
    assert (shown["amount"], shown["goodwill"], shown["less"], shown["unpaid"], shown["due"]) == (
        Money(5500, "USD"), Money(-2000, "USD"), Money(3500, "USD"), None, Money(0, "USD"),
    )  # fmt: skip
    returns.reimburse(return_id=found.pk, by="staff:1", seen=seen.mark)
    outbox.drain(rounds=50)
    told = Notification.objects.get(template="return_settled").context["settled"]
    assert [told[name] for name in ("refunded", "goodwill", "unpaid", "rest")] == ["$35.00", "-$20.00", None, "$35.00"]
    assert [one["amount"] for one in told["items"]] == ["$55.00"]
    [mail] = [one for one in mailoutbox if "is done" in one.subject]
    at = mail.body.splitlines().index("Given back to you before: -$20.00")
    assert mail.body.splitlines()[at + 1] == "Together: $35.00"
    [paid] = pages.return_page(selectors.one(found.pk), query="")["paid"]
    assert (paid["amount"].minor, paid["to"], paid["came_to"]) == (
        3500, "money back the way it was paid", "worth of what came back: $55.00, given back before: -$20.00",
    )  # fmt: skip


def test_goodwill_that_the_rest_of_the_order_bears_is_not_told() -> None:
    _order, found = after_goodwill(2000, units=1)
    seen = returns.reimburse(return_id=found.pk, by="staff:1")
    assert (seen.amount.minor, seen.goodwill.minor, [one.amount.minor for one in seen.goings]) == (2750, 0, [2750])
    [row] = selectors.reimbursements_of(found.pk)
    assert (wording.shares(row).rest.minor, wording.came_to(row)) == (2750, "")


def test_what_was_settled_before_goodwill_was_noted_tells_what_was_sent() -> None:
    order, found = after_goodwill(2000)
    returns.reimburse(return_id=found.pk, by="staff:1")
    [row] = selectors.reimbursements_of(found.pk)
    row.goodwill_minor = None
    assert (wording.shares(row).rest.minor, wording.came_to(row), wording.went_before(order, row)) == (3500, "", False)


def test_nothing_is_said_to_be_sent_of_what_was_not_paid_yet(shop_sandbox: RunningSandbox) -> None:
    carts.rates()
    make.rule()
    order = make.delivered(bought((carts.product(amount=2000), 2), provider="invoice", token=""))
    found = make.back(make.asked(now(order), make.wanted(make.lines(order)[0])))
    done = returns.reimburse(return_id=found.pk, by="staff:1")
    [paid] = pages.return_page(selectors.one(found.pk), query="")["paid"]
    assert (paid["amount"], paid["to"], paid["came_to"]) == (done.amount, "less to be paid for your order", "")
    assert screen.settlement(order, done)["unpaid"] == -done.amount


@pytest.mark.parametrize(
    ("payer", "told"),
    [
        ("shop", "Hand the parcel in; we pay the postage."),
        ("shopper", "Hand the parcel in. Please pay the postage yourself."),
    ],
)
def test_an_approved_return_says_who_pays_the_postage_and_until_when(
    mailoutbox: list[Any], payer: str, told: str
) -> None:
    """In the words of its page, and of which order it is."""
    make.rule(label_paid_by=payer)
    found = make.asked(make.arrived())
    day = formats.day(found.lines.get().returnable_until)
    outbox.drain(rounds=50)
    [mail] = [one for one in mailoutbox if "is approved" in one.subject]
    sentences = [told, f"Please send it by {day}."]
    text, html = mail.body.splitlines(), mail.alternatives[0][0]
    at = text.index(told)
    assert (text[at : at + 2], " ".join(sentences) in html) == (sentences, True)
    page = pages.return_page(selectors.one(found.pk), query="")
    assert [page["postage"], page["send_by"]] == sentences
    title = f"Return {found.number} of your order {found.order.number}"
    assert (title in text, f">{title}</h2>" in html) == (True, True)


def test_a_day_that_is_over_is_not_named() -> None:
    """It was asked for in time, and approved later."""
    today = date(2026, 3, 5)
    days = [[date(2026, 3, 4), None], [None], [date(2026, 3, 9), date(2026, 3, 5)]]
    assert [wording.send_by(some, today) for some in days] == ["", "", "Please send it by March 5, 2026."]


@pytest.mark.parametrize("template", ["return_settled", "order_cancelled"])
@pytest.mark.parametrize("kind", ["txt", "html"])
def test_the_order_is_named_in_the_body(template: str, kind: str) -> None:
    text = render_to_string(f"emails/{template}.{kind}", samples.context(template))
    body = text.partition("<body" if kind == "html" else "\n")[2]
    told = {
        "return_settled": "Return RET-2026000007 of your order ORD-2026000123",
        "order_cancelled": "Your order ORD-2026000123 is cancelled.",
    }
    assert body.count(told[template]) == 1


@pytest.mark.parametrize("kind", ["txt", "html"])
def test_a_mail_from_before_goodwill_was_told_has_its_sum(kind: str) -> None:
    """It waits in the queue with what it was told then."""
    told = {"amount": "$59.00", "refunded": "$59.00", "destination": "original", "items": []}
    text = render_to_string(f"emails/return_settled.{kind}", {"settled": told, "returned": {}, "order": {}})
    [line] = [line.strip() for line in text.splitlines() if "Together" in line]
    assert (
        line
        == {
            "txt": "Together: $59.00",
            "html": '<tr><td class="sum">Together</td><td class="amount sum">$59.00</td></tr>',
        }[kind]
    )


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        ("restock", "1 was not accepted: nothing is given back for it."),
        ("damaged", "1 was found damaged and not accepted: nothing is given back for it."),
        ("wrong_item", "For 1 another item came: nothing is given back for that."),
        ("lost", "1 did not arrive: nothing is given back for that."),
        ("short", "1 was not in the parcel. If you still have it, you can send it back another time."),
    ],
)
def test_the_shopper_is_told_that_nothing_is_given_back_and_why(mailoutbox: list[Any], outcome: str, told: str) -> None:
    make.rule()
    found = make.asked(make.arrived())
    [(key, _units)] = make.units_by_line(found).items()
    if outcome not in ("lost", "short"):
        returns.receive(return_id=found.pk, units={key: 1}, by="staff:1")
    verdict = returns.Verdict(key, outcome, 1, is_accepted=False)
    returns.inspect(return_id=found.pk, verdicts=[verdict], note="for staff alone", by="staff:1")
    outbox.drain(rounds=50)
    [mail] = [one for one in mailoutbox if one.subject.startswith("About your return")]
    name = make.lines(found.order)[0].name
    body, html = mail.body, str(mail.alternatives[0][0])
    assert f"{name}: {told}" in body.splitlines()
    assert f"<li>{name}: {told}</li>" in html
    assert ("for staff alone" in body, "for staff alone" in html) == (False, False)
    shown = pages.return_page(selectors.one(found.pk), query="")
    assert (shown["next_text"], shown["lines"][0]["outcomes"]) == (
        "What was to come back was not in the parcel." if outcome == "short" else "We could not accept this return.",
        [told],
    )


def test_what_was_decided_anew_is_told_as_it_is_and_once() -> None:
    make.rule()
    found = make.back(make.asked(make.arrived()), is_accepted=False)
    units = make.units_by_line(found)
    returns.decide(return_id=found.pk, units=units, is_accepted=True, by="staff:1")
    outbox.drain(mails=False)
    mails = Notification.objects.filter(template="return_rejected")
    assert mails.count() == 0  # it is accepted by now, and settling it is told
    for is_accepted in (False, True, False):
        returns.decide(return_id=found.pk, units=units, is_accepted=is_accepted, by="staff:1")
        outbox.drain(mails=False)
    assert mails.count() == 1
