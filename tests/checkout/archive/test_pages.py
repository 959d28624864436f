"""An archived order reads in every page as it read before; nothing can be done with it but bring it back."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.urls import reverse

from catalog.reviews.models import Review
from checkout.archive import selectors
from checkout.archive.models import RECIPIENT, SURNAME, ArchivedOrder
from checkout.invoices import services as invoices
from checkout.orders import access
from checkout.orders.models import Order
from shop.accounts.models import User
from shop.core.links import links
from tests import outbox
from tests.factories import cart as carts
from tests.factories import checkout as make
from tests.factories import returns as returned
from tests.factories.archive import archive_all, delivered
from tests.factories.inventory import stocked

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_second_factor(settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = False


def customer(client: Client) -> User:
    user = User.objects.create_user("ada@example.com", "a long password")
    client.force_login(user)
    return user


def merchant(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("merchant@example.com", "a long password"))
    return client


def text(html: bytes) -> str:
    """A page without what differs from one answer to the next, and without the ways to a return."""
    plain = re.sub(r'<input type="hidden" name="csrfmiddlewaretoken"[^>]*>|nonce="[^"]*"', "", html.decode())
    plain = re.sub(r"<(a|button)\b[^>]*data-testid=\"return-btn\".*?</\1>", "", plain, flags=re.DOTALL)
    return " ".join(plain.split())


def test_a_customers_page_reads_as_before(client: Client) -> None:
    order = delivered([stocked(5), stocked(5)], customer_id=customer(client).pk, quantity=2)
    invoices.settle(order.pk)
    outbox.drain()
    page = reverse("order", args=[order.number])
    before = client.get(page).content
    parcel = reverse("order_parcel", args=[order.number, order.shipments.get().number])
    followed = client.get(parcel).content
    assert archive_all() == 1
    assert text(client.get(page).content) == text(before)
    assert text(client.get(parcel).content) == text(followed)
    assert not Order.objects.exists()


def test_a_guests_link_opens_it_and_a_wrong_one_does_not(client: Client) -> None:
    order = delivered()
    archive_all()
    assert client.get(access.url(order)).status_code == 200
    wrong = client.get(reverse("order", args=[order.number]), {"key": "x" * 32})
    assert wrong.status_code == Client().get(reverse("order", args=[order.number])).status_code == 404


def test_its_papers_are_still_to_be_had(client: Client) -> None:
    order = delivered(customer_id=customer(client).pk)
    invoices.settle(order.pk)
    outbox.drain()
    page = client.get(reverse("order_documents", args=[order.number])).content.decode()
    archive_all()
    assert text(client.get(reverse("order_documents", args=[order.number])).content) == text(page.encode())
    where = re.findall(r'href="([^"]*documents/[^"]+)"', page)
    assert where
    assert client.get(where[0])["Content-Type"] == "application/pdf"


def test_nothing_can_be_done_with_it(client: Client) -> None:
    order = delivered(customer_id=customer(client).pk)
    archive_all()
    for name in ("order_cancel", "order_pay"):
        assert client.post(reverse(name, args=[order.number])).status_code == 404
    assert client.get(reverse("order_cancel", args=[order.number])).status_code == 404


def test_it_can_be_ordered_again(client: Client) -> None:
    order = delivered(customer_id=customer(client).pk)
    archive_all()
    assert client.post(reverse("order_reorder", args=[order.number]))["Location"] == reverse("cart")


def test_its_shopper_can_still_say_how_it_was(client: Client) -> None:
    carts.rates()
    lamp = carts.product(name="Lamp")
    order = returned.bought((lamp, 1))
    archive_all()
    page = f"{reverse('order_feedback', args=[order.number])}?key={order.access_key}"
    assert "Lamp" in client.get(page).content.decode()
    words = {"product": str(lamp.pk), "rating": "4", "body": "Bright.", "author": "Ada L"}
    assert client.post(page, words).status_code == 303
    assert Review.objects.get().rating == 4
    assert not Order.objects.exists()


def test_the_history_lists_archived_orders_after_the_live_ones_in_pages(client: Client) -> None:
    mine = customer(client).pk
    old = [delivered(customer_id=mine) for _ in range(7)]
    assert archive_all() == 7
    live = [make.placed(customer_id=mine) for _ in range(6)]
    delivered()  # somebody else's
    newest_first = [order.number for order in [*live[::-1], *old[::-1]]]
    pages = [client.get(reverse("order_history"), {"page": page}).context for page in (1, 2)]
    assert [row["number"] for page in pages for row in page["orders"]] == newest_first
    assert [len(page["orders"]) for page in pages] == [10, 3]
    assert client.get(reverse("order_history"), {"page": 3}).status_code == 404
    assert [one.number for one in selectors.orders_of(customer_id=mine, page=3, size=5).orders] == newest_first[10:]


def test_the_history_takes_the_same_queries_for_one_archived_order_and_for_ten(
    client: Client, django_assert_max_num_queries: Any, django_assert_num_queries: Any
) -> None:
    mine = customer(client).pk
    for _ in range(10):
        delivered(customer_id=mine)
    archive_all()
    with django_assert_num_queries(4):
        assert len(selectors.orders_of(customer_id=mine, page=1, size=10).orders) == 10
    with django_assert_max_num_queries(4):
        assert len(selectors.orders_of(customer_id=mine, page=1, size=1).orders) == 1


def test_programs_read_it_as_before(client: Client) -> None:
    order = delivered()
    where, header = reverse("api_order", args=[order.number]), {access.HEADER: order.access_key}
    before = client.get(where, headers=header).json()
    archive_all()
    assert client.get(where, headers=header).json() == before
    assert client.get(where).status_code == 404
    listed = delivered(customer_id=customer(client).pk)
    before = client.get(reverse("api_orders")).json()
    archive_all()
    assert client.get(reverse("api_orders")).json() == before
    assert before["data"][0]["number"] == listed.number


def test_the_merchant_finds_it_reads_it_and_brings_it_back(client: Client) -> None:
    merchant(client)
    order = delivered()
    archive_all()
    page = reverse("admin:checkout_archivedorder_change", args=[order.pk])
    live = reverse("admin:checkout_order_change", args=[order.pk])
    for term in (order.number, order.number[4:], order.number[:-1], "ada@exa", "ADA@example.com"):
        found = client.get(reverse("admin:checkout_order_changelist"), {"q": term})
        assert page in found.content.decode(), term
        listed = client.get(reverse("admin:checkout_archivedorder_changelist"), {"q": term})
        assert [row.pk for row in listed.context["cl"].result_list] == [order.pk], term
    assert client.get(live)["Location"] == page
    html = client.get(page).content.decode()
    assert 'data-testid="admin-order-archived"' in html
    assert f"/checkout/order/{order.pk}/" not in html  # no button of the live page
    assert order.lines.model.objects.count() == 0
    assert "Thing SKU-" in html
    assert links([f"order:{order.pk}"])[f"order:{order.pk}"].url == page
    back = reverse("admin:checkout_archivedorder_bring_back", args=[order.pk])
    assert client.get(back).status_code == 405
    assert client.post(back)["Location"] == live
    assert client.get(live).status_code == 200
    assert client.post(back).status_code == 404
    assert client.get(page).status_code == 404


def test_archived_orders_are_found_by_who_they_went_to(client: Client) -> None:
    merchant(client)
    van, ada = delivered(email="jan@example.com"), delivered(email="lovel@example.com")
    Order.objects.filter(pk=van.pk).update(shipping_address={"first_name": "Jan Pieter", "last_name": "van der Berg"})
    archive_all()
    live = delivered()
    found = {
        "LOVELACE": ada, "Ada Lovelace": ada, " lovelace  ada ": ada, "lovel": ada, "van der berg": van,
        "jan pieter van der berg": van, "Van der Berg Jan Pieter": van, "jan": van,
    }  # fmt: skip
    for term, order in found.items():
        listed = client.get(reverse("admin:checkout_archivedorder_changelist"), {"q": term})
        assert [row.pk for row in listed.context["cl"].result_list] == [order.pk], term
        both = client.get(reverse("admin:checkout_order_changelist"), {"q": term})
        assert [one.pk for one in both.context["archived_found"]] == [order.pk], term
    assert [row.pk for row in both.context["cl"].result_list] == []
    assert [one.pk for one in selectors.found("lovelace")] == [ada.pk] != [live.pk]
    for term in ("ada", "lovelace adam", "van der", "%", "l_velace"):
        assert selectors.found(term) == [], term


@pytest.mark.parametrize("name", ["surname", "recipient"])
def test_names_of_the_archive_have_an_index_in_each_month(name: str) -> None:
    with connection.cursor() as cursor:
        for way in ("seqscan", "sort", "bitmapscan"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
    rows = ArchivedOrder.objects.alias(surname=SURNAME, recipient=RECIPIENT).filter(**{name: "ada"})
    scans = [one for one in rows.order_by("-id")[:51].explain().splitlines() if "Scan" in one]
    assert len(scans) == len([one for one in scans if f"using archived_{name}_" in one]) > 12


def test_whoever_may_see_orders_may_see_archived_ones_and_nobody_else(client: Client) -> None:
    order = delivered()
    archive_all()
    clerk = User.objects.create_user("clerk@example.com", "a long password", is_staff=True)
    client.force_login(clerk)
    page = reverse("admin:checkout_archivedorder_change", args=[order.pk])
    assert client.get(page).status_code == client.get(reverse("admin:checkout_archivedorder_changelist")).status_code
    assert client.get(page).status_code == 403
    clerk.user_permissions.add(Permission.objects.get(codename="view_order"))
    assert client.get(page).status_code == 200
    assert client.post(reverse("admin:checkout_archivedorder_bring_back", args=[order.pk])).status_code == 403
    assert ArchivedOrder.objects.count() == 1


def test_an_archived_guest_order_goes_to_whoever_proves_the_address(client: Client) -> None:
    order = delivered(email="ada@example.com")
    archive_all()
    user = customer(client)
    from allauth.account.models import EmailAddress

    from checkout.archive import receivers

    receivers.claim_guest_orders({"customer_id": str(user.pk)})
    assert client.get(reverse("order", args=[order.number])).status_code == 404
    EmailAddress.objects.create(user=user, email="Ada@Example.com", verified=True)
    for _ in range(2):
        receivers.claim_guest_orders({"customer_id": str(user.pk)})
    assert client.get(reverse("order", args=[order.number])).status_code == 200
    assert selectors.order(order.number).customer_id == UUID(str(user.pk))  # type: ignore[union-attr]
