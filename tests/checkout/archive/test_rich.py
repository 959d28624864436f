"""An order of which everything has happened reads the same in every page, paper and answer once it is archived."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from checkout.archive import services
from checkout.archive.models import ArchivedOrder
from checkout.fulfilment.models import Shipment
from checkout.invoices.models import Document
from checkout.notes import services as notes
from checkout.notes.models import OrderNote
from checkout.orders.models import Order
from checkout.payments.models import Refund
from checkout.returns.models import Return, ReturnPhoto
from tests import outbox
from tests.factories import cart as carts
from tests.factories.accounts import StaffFactory
from tests.factories.archive import archive_all, delivered, eventful, rows_of
from tests.fakes.sandbox import RunningSandbox
from tests.invariants import violations

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _surroundings(settings: Any, tmp_path: Path, shop_sandbox: RunningSandbox) -> None:
    settings.STAFF_MFA_REQUIRED = False
    settings.STORAGES = settings.STORAGES | {
        "private": {**settings.STORAGES["private"], "OPTIONS": {"location": tmp_path}}
    }


@pytest.fixture
def shopper(client: Client) -> Client:
    client.force_login(carts.customer())
    return client


def clerk() -> Client:
    """Somebody of the staff who may look at everything and do nothing."""
    user = StaffFactory()
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_order", "view_return"]))
    client = Client()
    client.force_login(user)
    return client


def mine(client: Client) -> Order:
    return eventful(customer_id=UUID(client.session["_auth_user_id"]))


def places(order: Order) -> dict[str, list[str]]:
    """Where the order is read: by the shopper, by programs of the shopper, by staff."""
    returns = list(Return.objects.filter(order=order).order_by("pk"))
    photos = ReturnPhoto.objects.filter(order_id=order.pk).select_related("parent").order_by("pk")
    papers = [(order.number, one.number) for one in Document.objects.filter(order_id=order.pk).order_by("pk")]
    parcels = [(order.number, one.number) for one in Shipment.objects.filter(order=order).order_by("pk")]
    return {
        "shopper": [
            reverse("order", args=[order.number]),
            reverse("order_documents", args=[order.number]),
            reverse("order_history"),
            *(reverse("order_document", args=one) for one in papers),
            *(reverse("order_parcel", args=one) for one in parcels),
            *(reverse("return", args=[one.number]) for one in returns),
            *(reverse("return_photo", args=[one.parent.number, one.pk]) for one in photos),
        ],
        "program": [
            reverse("api_order", args=[order.number]),
            reverse("api_orders"),
            *(reverse("api_order_document", args=one) for one in papers),
        ],
        "staff": [
            reverse("admin:checkout_order_change", args=[order.pk]),
            *(reverse("admin:checkout_return_change", args=[one.pk]) for one in returns),
            *(reverse("return", args=[one.number]) for one in returns),
            *(reverse("return_photo", args=[one.parent.number, one.pk]) for one in photos),
        ],
    }


def shape(order: Order) -> dict[str, Any]:
    """What has happened to the order."""
    parcels = Shipment.objects.filter(order=order)
    return {
        "changes": list(order.changes.order_by("revision").values_list("kind", flat=True)),
        "documents": set(Document.objects.filter(order_id=order.pk).values_list("kind", flat=True)),
        "locations": len(set(parcels.values_list("location_id", flat=True))),
        "notes": OrderNote.objects.filter(order=order).count(),
        "parcels": list(parcels.values_list("status", flat=True)),
        "photos": ReturnPhoto.objects.filter(order_id=order.pk).count(),
        "refunds": set(Refund.objects.filter(order_id=order.pk).values_list("status", flat=True)),
        "returns": sorted(Return.objects.filter(order=order).values_list("status", flat=True)),
    }


def told(where: dict[str, list[str]], **who: Client) -> dict[str, bytes]:
    """What each place says, without what differs from one answer to the next."""
    found = {}
    for name, paths in where.items():
        for path in paths:
            answer = who[name].get(path, follow=True)
            assert answer.status_code == 200, (name, path)
            is_page = answer["Content-Type"].startswith("text/html")
            found[f"{name} {path}"] = _text(answer.content) if is_page else answer.content
    return found


def _text(html: bytes) -> bytes:
    """A page's main part without what proves the form, and without what can be done with a live order alone."""
    text = html.decode()
    if '<div class="order">' in text:
        begin = text.index('<div class="order">')  # the admin's, of an order or a return
        text = text[begin : text.index("</aside>", begin)]
    text = re.sub(r'<input type="hidden" name="csrfmiddlewaretoken"[^>]*>|nonce="[^"]*"', "", text)
    text = re.sub(r"<(a|button)\b[^>]*data-testid=\"return-btn\".*?</\1>", "", text, flags=re.DOTALL)
    return " ".join(text.split()).encode()


def test_it_reads_everywhere_as_before(shopper: Client) -> None:
    order, staff = mine(shopper), clerk()
    assert shape(order) == {
        "changes": ["edit", "exchange"], "documents": {"credit_note", "invoice"}, "locations": 2, "notes": 2,
        "parcels": ["delivered"] * 4, "photos": 2, "refunds": {"done"},
        "returns": ["cancelled", "refused", "settled", "settled"],
    }  # fmt: skip
    where = places(order)
    before = told(where, shopper=shopper, program=shopper, staff=staff)
    rows = rows_of(order)
    assert archive_all() == 1
    assert not Order.objects.exists()
    assert told(where, shopper=shopper, program=shopper, staff=staff) == before
    assert not Order.objects.exists()
    assert violations() == []
    services.restore(number=order.number, by="staff:1")
    assert rows_of(order) == rows
    assert violations() == []


def test_control_a_row_that_is_lost_shows(shopper: Client) -> None:
    """What the comparison above would miss, if it could not fail."""
    order = delivered(customer_id=UUID(shopper.session["_auth_user_id"]))
    for text in ("Kept", "Lost"):
        notes.add(order_id=order.pk, text=text, is_shown_to_customer=True, by="staff:1")
    outbox.drain()
    where = {"shopper": places(order)["shopper"][:1]}
    before = told(where, shopper=shopper)
    archive_all()
    kept = ArchivedOrder.objects.get()
    del kept.content["checkout_ordernote"][1]
    kept.save()
    assert told(where, shopper=shopper) != before
