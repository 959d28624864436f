"""Invoices and credit notes over REST."""

import pytest

from checkout.invoices import services
from tests.factories import invoices as factory

pytestmark = pytest.mark.django_db


def get(client, path, **headers):
    return client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})


def test_an_order_lists_its_papers_and_a_program_fetches_them(client):
    order = factory.paid([(1, 2500, "standard")])
    call = {"X_Order_Token": order.access_key}
    assert get(client, f"/api/orders/{order.number}", **call).json()["documents"] == []
    (invoice,) = services.settle(order.pk)
    (listed,) = get(client, f"/api/orders/{order.number}", **call).json()["documents"]
    url = listed.pop("url")
    assert listed == {
        "number": invoice.number, "kind": "invoice", "issuedOn": invoice.issued_on.isoformat(), "total": "25.00",
    }  # fmt: skip
    for accept in ("*/*", "application/pdf", "application/json"):
        answer = get(client, url, Accept=accept, **call)
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
        assert answer.content == services.pdf(invoice)
        assert answer["Cache-Control"] == "private, no-store"


def test_A08_anothers_paper_is_404_like_one_that_is_not(client):
    mine, other = factory.paid(), factory.paid()
    (theirs,) = services.settle(other.pk)
    services.settle(mine.pk)
    call = {"X_Order_Token": mine.access_key}
    missing = get(client, f"/api/orders/{mine.number}/documents/INV-2026-999999.pdf", **call)
    for number in (mine.number, other.number):
        answer = get(client, f"/api/orders/{number}/documents/{theirs.number}.pdf", **call)
        assert (answer.status_code, answer.content) == (404, missing.content)
    assert missing.json()["error"]["code"] == "not_found"
