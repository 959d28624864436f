"""Gift cards in the admin: issuing one and many, changing one, finding them; only for who may."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from checkout.giftcards import selectors, services
from checkout.giftcards.models import GiftCard, GiftCardBatch
from shop.accounts.models import User
from shop.audit.models import AuditEntry
from shop.core import db
from shop.notifications.models import Notification
from tests.factories.giftcards import card, code, left

pytestmark = pytest.mark.django_db
LIST = "/admin/checkout/giftcard/"


@pytest.fixture
def merchant(client: Client, settings: Any) -> Client:
    settings.STAFF_MFA_REQUIRED = False
    client.force_login(User.objects.create_superuser("merchant@example.com", "a long password"))
    return client


def form(**fields: Any) -> dict[str, Any]:
    return {"amount": "20", "currency": "USD", "reason": "Sorry", "key": str(db.uuid7()), **fields}


def issue(client: Client, **fields: Any) -> Any:
    return client.post(reverse("admin:checkout_giftcard_issue"), form(**fields))


def test_a_code_without_an_address_is_shown_once(merchant: Client) -> None:
    given = form()
    page = reverse("admin:checkout_giftcard_issue")
    assert merchant.get(page).status_code == 200
    html = merchant.post(page, given).content.decode()
    made = GiftCard.objects.get()
    assert code(made) in html
    again = merchant.post(page, given, follow=True).content.decode()
    assert (code(made) in again, GiftCard.objects.count()) == (False, 1)
    assert code(made) not in merchant.get(LIST).content.decode()


def test_a_code_with_an_address_is_mailed_and_not_shown(merchant: Client) -> None:
    response = issue(merchant, email="ada@example.com", valid_until="2099-12-31")
    made = GiftCard.objects.get()
    assert response["Location"] == reverse("admin:checkout_giftcard_change", args=[made.pk])
    html = merchant.get(response["Location"]).content.decode()
    assert code(made) not in html
    assert ("$20.00" in html, "Sorry" in html, "merchant@example.com" in html) == (True, True, True)
    assert Notification.objects.get().recipient == "ada@example.com"


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": "-1"}, {"amount": "0"}, {"amount": "1.005"}, {"amount": "10000.01"}, {"amount": "99999999999999"},
        {"amount": "x"}, {"amount": ""}, {"currency": "EUR"}, {"valid_until": "2020-01-01"}, {"reason": ""},
        {"email": "x"}, {"key": "x"}, {"amount": "NaN"}, {"amount": "1e9"}, {"valid_until": "9999-12-31"},
    ],
)  # fmt: skip
def test_wrong_input_is_told_and_nothing_is_issued(merchant: Client, wrong: dict[str, str]) -> None:
    assert (issue(merchant, **wrong).status_code, GiftCard.objects.count()) == (200, 0)


def test_many_are_issued_and_their_codes_downloaded_once(merchant: Client) -> None:
    given = form(name="Fair", count="25")
    page = reverse("admin:checkout_giftcardbatch_issue")
    assert merchant.get(page).status_code == 200
    for _twice in range(2):
        response = merchant.post(page, given)
    batch = GiftCardBatch.objects.get()
    assert response["Location"] == reverse("admin:checkout_giftcardbatch_change", args=[batch.pk])
    assert "Download the codes, once" in merchant.get(response["Location"]).content.decode()
    url = reverse("admin:checkout_giftcardbatch_codes", args=[batch.pk])
    assert merchant.get(url).status_code == 302
    rows = list(csv.DictReader(io.StringIO(b"".join(merchant.post(url)).decode())))  # type: ignore[arg-type]
    assert (len(rows), rows[0]["amount"], rows[0]["currency"]) == (25, "20.00", "USD")
    found = selectors.with_code(rows[3]["code"])
    assert found is not None
    assert merchant.post(url).status_code == 302
    assert "Download the codes, once" not in merchant.get(response["Location"]).content.decode()
    assert AuditEntry.objects.filter(action="giftcard.codes_shown").count() == 1


@pytest.mark.parametrize("count", ["0", "-1", "10001", "x", ""])
def test_so_many_are_not_issued(merchant: Client, count: str) -> None:
    response = merchant.post(reverse("admin:checkout_giftcardbatch_issue"), form(name="Fair", count=count))
    assert (response.status_code, GiftCard.objects.count()) == (200, 0)


def test_a_card_is_changed_with_a_reason(merchant: Client) -> None:
    made = card(2000)
    page = reverse("admin:checkout_giftcard_adjust", args=[made.pk])
    assert merchant.get(page).status_code == 200
    given = form(act="add", amount="5")
    for _twice in range(2):
        assert merchant.post(page, given).status_code == 302
    assert left(made) == 2500
    for wrong in ({"act": "withdraw", "amount": "25.01"}, {"act": "add", "amount": ""}, {"act": "add", "reason": ""},
                  {"act": "add", "amount": "9999"}, {"act": "mail"}, {"act": "x"}):  # fmt: skip
        assert merchant.post(page, form(**wrong)).status_code == 200
    assert merchant.post(page, form(act="withdraw", amount="25")).status_code == 302
    assert left(made) == 0
    assert merchant.post(page, form(act="end", amount="")).status_code == 302
    assert selectors.with_code(code(made)) is None
    assert merchant.post(page, form(act="reopen", amount="")).status_code == 302
    assert selectors.with_code(code(made)) is not None


@pytest.mark.parametrize(("term", "count"), [("ada@example.com", 1), ("nobody@example.com", 0), ("zzzz", 0), ("x%", 0)])
def test_cards_are_found(merchant: Client, term: str, count: int) -> None:
    made = card(recipient="ada@example.com")
    card()
    assert merchant.get(LIST, {"q": term}).content.decode().count("•••• ") == count
    for mine in (made.last4.lower(), str(made.pk)):
        assert f"•••• {made.last4}" in merchant.get(LIST, {"q": mine}).content.decode()


def test_the_list_costs_the_same_for_one_and_for_many(merchant: Client) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            merchant.get(LIST)
        return len(queries)

    card(expires_at=db.clock())
    asked()
    few = asked()
    for _number in range(20):
        card()
    assert asked() == few
    services.end(card_id=GiftCard.objects.first().pk, by="staff:1")  # type: ignore[union-attr]
    states = re.findall(r"field-state[^>]*>(.*?)</td>", merchant.get(LIST + "?ended=1").content.decode(), re.DOTALL)
    assert len(states) == 1


def test_A10_only_who_may_issues_and_changes(client: Client, settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = False
    clerk = User.objects.create_user("clerk@example.com", "a long password", is_staff=True)
    clerk.user_permissions.add(Permission.objects.get(codename="view_giftcard"))
    client.force_login(clerk)
    made = card()
    html = client.get(LIST).content.decode()
    assert (made.last4 in html, "Issue a gift card" in html) == (True, False)
    batch = services.issue_batch(batch_id=db.uuid7(), name="x", count=1, amount=made.balance, by="staff:1")
    for name, args in (
        ("giftcard_issue", []), ("giftcard_adjust", [made.pk]), ("giftcardbatch_issue", []),
        ("giftcardbatch_codes", [batch.pk]),
    ):  # fmt: skip
        assert client.post(reverse(f"admin:checkout_{name}", args=args), form()).status_code == 403


def test_the_address_of_a_present_is_corrected(merchant: Client) -> None:
    about = {"sender": "ada@example.com", "sender_name": "Ada", "recipient_name": "Bob", "message": "Hi Bob"}
    gift = card(2000, recipient="bob@example.com", send_on=db.clock().date() + timedelta(days=9), **about)
    page = reverse("admin:checkout_giftcard_change", args=[gift.pk])
    shown = merchant.get(page).content.decode()
    assert [text in shown for text in ("Hi Bob", "To be sent on", "bob@example.com")] == [True] * 3
    adjust = reverse("admin:checkout_giftcard_adjust", args=[gift.pk])
    missing = merchant.post(adjust, {"act": "address", "key": str(db.uuid7())})
    assert "Enter an e-mail address." in missing.content.decode()
    corrected = {"act": "address", "email": "rob@example.com", "key": str(db.uuid7())}
    told = merchant.post(adjust, corrected, follow=True).content.decode()
    assert "It goes to rob@example.com from now on." in told
    assert (GiftCard.objects.get().recipient, Notification.objects.count()) == ("rob@example.com", 0)
    assert "To be sent on" not in merchant.get(
        reverse("admin:checkout_giftcard_change", args=[card(500).pk])
    ).content.decode()  # fmt: skip
