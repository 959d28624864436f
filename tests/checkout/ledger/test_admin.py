"""The ledger's pages: amounts in money, accounts by name."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from checkout.ledger import selectors
from shop.accounts.models import User
from tests.factories import checkout as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def merchant(client: Client, settings: Any) -> Client:
    settings.STAFF_MFA_REQUIRED = False
    client.force_login(User.objects.create_superuser("merchant@example.com", "a long password"))
    return client


def test_balances_are_money_of_accounts_with_names(merchant: Client) -> None:
    make.paid()
    html = merchant.get(reverse("admin:checkout_ledgerentry_changelist") + "balances/").content.decode()
    assert re.findall(r'<tr><td title="([^"]*)">([^<]*)</td><td>([^<]*)</td></tr>', html) == [
        ("customer_receivable", "Customers", "-$30.00"),
        ("holds:stripe", "Held (Stripe)", "$0.00"),
        ("promised", "Promised", "$0.00"),
        ("provider_clearing:stripe", "Received (Stripe)", "$30.00"),
    ]


def test_an_entry_tells_its_order_its_accounts_and_its_amount(merchant: Client) -> None:
    order = make.paid()
    entry = selectors.entries_of(order.pk)[-1]
    html = merchant.get(reverse("admin:checkout_ledgerentry_change", args=[entry.pk])).content.decode()
    fields = re.split(r"<label[^>]*>", html.split("</fieldset>")[0])[1:]
    told = [" ".join(re.sub("<[^>]*>", " ", one).split()) for one in fields]
    assert told[1:] == [
        "Amount $30.00",
        "To Received (Stripe) – provider_clearing:stripe",
        "From Customers – customer_receivable",
        "Takes back close_small",
        f"Order {order.number}",
    ]


def listed(client: Client, query: str = "") -> list[tuple[str, str]]:
    """To which account from which one, by row."""
    html = client.get(reverse("admin:checkout_ledgerentry_changelist") + query).content.decode()
    cells = [re.findall(rf"field-{name}[^>]*>\s*([^<]*?)\s*<", html) for name in ("to_name", "from_name")]
    return list(zip(*cells, strict=True))


def test_the_list_calls_accounts_by_their_names(merchant: Client) -> None:
    make.paid()
    rows = [("Received (Stripe)", "Customers"), ("Promised", "Held (Stripe)"), ("Held (Stripe)", "Promised")]
    assert listed(merchant) == rows
    html = merchant.get(reverse("admin:checkout_ledgerentry_changelist")).content.decode()
    filters = re.findall(r'href="\?debit=([^"]+)"[^>]*>\s*([^<]+?)\s*</a>', html)
    assert filters == [
        ("holds%3Astripe", "Held (Stripe)"),
        ("promised", "Promised"),
        ("provider_clearing%3Astripe", "Received (Stripe)"),
    ]
    assert listed(merchant, "?q=received (stripe)") == rows[:1]
    assert listed(merchant, "?q=Customers") == listed(merchant, "?q=customer_receivable") == rows[:1]
    assert listed(merchant, "?q=received") == []
