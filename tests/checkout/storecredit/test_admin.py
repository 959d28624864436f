"""Store credit in the admin: who has some, found by how they are called; who changed it, by name."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from checkout.storecredit import services
from checkout.storecredit.models import CreditAccount
from shop.accounts.models import User
from shop.core import db
from shop.core.money import Money

pytestmark = pytest.mark.django_db
ACCOUNTS, ENTRIES = "checkout_creditaccount", "checkout_creditentry"


@pytest.fixture
def merchant(client: Client, settings: Any) -> Client:
    settings.STAFF_MFA_REQUIRED = False
    client.force_login(User.objects.create_superuser("merchant@example.com", "a long password"))
    return client


def rich(email: str, first: str = "", last: str = "", *, by: str = "system", document: str = "") -> User:
    user = User.objects.create_user(email, "a long password", first_name=first, last_name=last)
    services.grant(
        customer_id=user.pk, amount=Money(2000, "USD"), reason="Sorry", key=email, by=by, document=document
    )  # fmt: skip
    return user


def column(client: Client, name: str, field: str, query: str = "") -> list[str]:
    html = client.get(reverse(f"admin:{name}_changelist") + query).content.decode()
    cells = re.findall(rf"field-{field}[^>]*>(.*?)</t[dh]>", html, re.DOTALL)
    return [" ".join(re.sub("<[^>]*>", " ", cell).split()) for cell in cells]


@pytest.fixture
def some() -> None:
    rich("ada@example.com", "Ada", "Lovelace", document="ORD-7")
    rich("adam@example.com", "Adam", "Smith")
    rich("jean@example.com", "Jean", "de La Fontaine")


@pytest.mark.usefixtures("some")
@pytest.mark.parametrize(
    ("term", "found"),
    [
        ("ada", ["adam", "ada"]),
        ("ADA@", ["ada"]),
        ("ada@example.com", ["ada"]),
        ("love", ["ada"]),
        ("Lovelace", ["ada"]),
        ("Ada Love", ["ada"]),
        ("lovelace ada", ["ada"]),
        ("jean de la fontaine", ["jean"]),
        ("de la", ["jean"]),
        ("Ada Smith", ["adam"]),
        ("Smith, Ada", []),
        ("example", []),
        ("100%", []),
    ],
)
def test_credit_is_found_by_how_its_customer_is_called(merchant: Client, term: str, found: list[str]) -> None:
    expected = [f"{name}@example.com" for name in found]
    assert column(merchant, ACCOUNTS, "customer", f"?q={term}") == expected
    assert column(merchant, ENTRIES, "customer", f"?q={term}") == expected


@pytest.mark.usefixtures("some")
def test_accounts_tell_whose_they_are(merchant: Client) -> None:
    assert column(merchant, ACCOUNTS, "name") == ["Jean de La Fontaine", "Adam Smith", "Ada Lovelace"]
    assert column(merchant, ACCOUNTS, "balance_text") == ["$20.00"] * 3
    account = CreditAccount.objects.order_by("id")[0]
    html = merchant.get(reverse(f"admin:{ACCOUNTS}_change", args=[account.pk])).content.decode()
    url = re.findall(r'<a href="([^"]*creditentry[^"]*q=[^"]*)"', html)
    assert [("ada@example.com" in html, "Ada Lovelace" in html), url] == [
        (True, True), [reverse(f"admin:{ENTRIES}_changelist") + f"?q={account.customer_id}"],
    ]  # fmt: skip
    assert column(merchant, ENTRIES, "customer", url[0][url[0].index("?") :]) == ["ada@example.com"]


def test_of_whom_is_no_longer_here_the_id_is_told(merchant: Client) -> None:
    customer_id = db.uuid7()
    services.grant(customer_id=customer_id, amount=Money(500, "USD"), reason="x", key="k", by="system")
    assert column(merchant, ACCOUNTS, "customer") == [str(customer_id)]
    assert column(merchant, ENTRIES, "customer") == [f"customer:{customer_id}"]


def test_entries_tell_who_made_them_by_name_in_one_query(merchant: Client) -> None:
    clerk = User.objects.create_user("clerk@example.com", "a long password", is_staff=True)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            column(merchant, ENTRIES, "who")
        return len(queries)

    rich("a@example.com", by=f"staff:{clerk.pk}")
    asked()
    few = asked()
    rich("b@example.com", by="system")
    bob = rich("c@example.com", document="ORD-7")
    services.grant(
        customer_id=bob.pk, amount=Money(1, "USD"), reason="x", key="k", by=f"customer:{bob.pk}", document="ORD-8"
    )  # fmt: skip
    assert asked() == few
    assert column(merchant, ENTRIES, "who") == ["c@example.com", "the shop", "the shop", "clerk@example.com"]
    assert column(merchant, ENTRIES, "document", "?q=ORD-8") == ["ORD-8"]
