"""Returns of an archived order are read as before; a new one is refused with a sentence."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from checkout.archive.models import ArchivedOrder
from checkout.orders import access
from checkout.orders.models import Order
from checkout.returns import services as returning
from checkout.returns.models import Return
from tests import outbox
from tests.factories import returns as make
from tests.factories.accounts import StaffFactory
from tests.factories.archive import archive_all

pytestmark = pytest.mark.django_db
SENTENCE = "This order is in our archive, so nothing of it can be returned here. Please write to us: we look after it."


@pytest.fixture(autouse=True)
def _rule(settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = False
    make.rule()


@pytest.fixture
def archived() -> tuple[Order, Return]:
    """An order that is in the archive with a return that came to nothing."""
    order = make.arrived(quantity=2)
    found = make.asked(order, comment="Too small")
    returning.cancel(return_id=found.pk, by="guest")
    outbox.drain(mails=False)
    found.refresh_from_db()
    assert archive_all() == 1
    return order, found


def staff(*permissions: str) -> Client:
    user = StaffFactory()
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


def test_a_guests_link_opens_its_page_and_a_wrong_one_does_not(client: Client, archived: tuple[Order, Return]) -> None:
    order, found = archived
    page = reverse("return", args=[found.number])
    html = client.get(f"{page}?key={order.access_key}").content.decode()
    assert "Too small" in html
    assert f'href="{reverse("order", args=[order.number])}?key={order.access_key}"' in html
    assert client.get(page.replace("RET", "ret")).status_code == 200  # the session knows by now
    for stranger in (Client(), staff()):
        assert stranger.get(page).status_code == 404
        assert stranger.get(f"{page}?key={order.access_key[:-1]}").status_code == 404
        assert stranger.get(reverse("return", args=["RET-2026999999"])).status_code == 404
        assert stranger.get(reverse("return", args=[order.idempotency_key])).status_code == 404
    assert staff("view_return").get(page).status_code == 200


def test_nothing_can_be_done_with_it_and_its_page_says_so(client: Client, archived: tuple[Order, Return]) -> None:
    order, found = archived
    key = f"?key={order.access_key}"
    for name, method in (("return_sent", "post"), ("return_cancel", "get"), ("return_cancel", "post")):
        where = reverse(name, args=[found.number])
        answer = getattr(client, method)(where + key)
        assert (answer.status_code, answer["Location"]) == (303, reverse("return", args=[found.number]) + key)
        said = client.get(answer["Location"]).content.decode()
        assert f"The return {found.number} is “cancelled”: this is not possible any more." in said
        assert getattr(Client(), method)(where).status_code == 404
        assert getattr(staff("view_return"), method)(where).status_code == 404
    assert client.get(reverse("return_label", args=[found.number]) + key).status_code == 404
    assert not Order.objects.exists()


def test_a_new_return_is_refused_with_a_sentence_and_a_way_back(client: Client, archived: tuple[Order, Return]) -> None:
    order, _found = archived
    where = reverse("order_return", args=[order.number])
    for answer, status in (
        (client.get(f"{where}?key={order.access_key}"), 200),
        (client.post(f"{where}?key={order.access_key}", {}), 409),
    ):
        html = answer.content.decode()
        assert (answer.status_code, answer.context["text"]) == (status, SENTENCE)
        assert 'data-testid="return-archived"' in html
        assert f'href="{access.url(order)}"' in html
    assert Client().get(where).status_code == Client().post(where).status_code == 404
    assert ArchivedOrder.objects.count() == 1


def test_programs_read_its_returns_and_are_told_the_same(archived: tuple[Order, Return]) -> None:
    order, found = archived
    where, mine = reverse("api_order_returns", args=[order.number]), Client(headers={access.HEADER: order.access_key})
    body = mine.get(where).json()
    assert [(one["number"], one["status"], one["labelUrl"]) for one in body["returns"]] == [
        (found.number, "cancelled", None)
    ]
    assert [(one["quantity"], one["message"]) for one in body["returnable"]] == [(0, SENTENCE)]
    line = {"lineId": body["returnable"][0]["lineId"], "quantity": 1, "reason": "late", "condition": "unopened"}
    asked = mine.post(where, {"lines": [line]}, content_type="application/json")
    assert (asked.status_code, asked.json()["error"]) == (409, {"code": "archived", "message": SENTENCE})
    assert Client().get(where).status_code == 404
    assert Client().post(where, {}, content_type="application/json").status_code == 404


def test_a_program_that_asks_again_gets_its_return() -> None:
    order = make.arrived(quantity=2)
    mine = Client(headers={access.HEADER: order.access_key, "Idempotency-Key": "once"})
    line = {"lineId": str(make.lines(order)[0].pk), "quantity": 1, "reason": "late", "condition": "unopened"}

    def ask() -> Any:
        return mine.post(
            reverse("api_order_returns", args=[order.number]),
            json.dumps({"lines": [line]}),
            content_type="application/json",
        )

    first = ask()
    assert first.status_code == 201
    returning.cancel(return_id=Return.objects.get().pk, by="guest")
    outbox.drain(mails=False)
    assert archive_all() == 1
    again = ask()
    assert (again.status_code, again.json()) == (201, first.json() | {"status": "cancelled", "labelUrl": None})
    assert not Return.objects.exists()


def test_the_merchant_finds_it_by_its_number_and_reads_it(archived: tuple[Order, Return]) -> None:
    order, found = archived
    page, listed = reverse("admin:checkout_return_change", args=[found.pk]), reverse("admin:checkout_return_changelist")
    for allowed in (staff("view_return"), staff("handle_return")):
        assert allowed.get(listed, {"q": found.number.lower()})["Location"] == page
        html = allowed.get(page).content.decode()
        assert "Too small" in html
        assert reverse("admin:checkout_return_receive", args=[found.pk]) not in html
    assert staff("view_order").get(page).status_code == 403
    clerk = staff("view_order", "view_return")
    assert page in clerk.get(reverse("admin:checkout_archivedorder_change", args=[order.pk])).content.decode()
    assert page not in staff("view_order").get(
        reverse("admin:checkout_archivedorder_change", args=[order.pk])
    ).content.decode()  # fmt: skip
    for wrong in (order.idempotency_key, str(order.pk), "x"):
        assert clerk.get(reverse("admin:checkout_return_change", args=[wrong])).status_code == 302  # there is none
