"""Changes of placed orders over REST."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from checkout.fulfilment import services as fulfilment
from checkout.orders import access
from checkout.orders.models import Order, OrderChange
from tests.factories import cart as carts
from tests.factories.accounts import StaffFactory
from tests.factories.changes import bought, line_of, now

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rates() -> None:
    carts.rates()


@pytest.fixture(autouse=True)
def _no_second_factor(settings: object) -> None:
    settings.STAFF_MFA_REQUIRED = False  # type: ignore[attr-defined]


def person(client: Client, *permissions: str) -> Client:
    """Signed in as staff with just these permissions."""
    user = StaffFactory()
    user.is_superuser = False
    user.save()
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client.force_login(user)
    return client


@pytest.fixture
def staff(client: Client) -> Client:
    return person(client, "edit_order", "cancel_order")


def being_prepared(*wanted: Any) -> Order:
    order = bought(*wanted, is_drained=False)
    Order.objects.filter(pk=order.pk).update(
        status="processing", captured_minor=order.total_minor, secured_minor=order.total_minor
    )
    return now(order)


def post(client: Client, order: Order, body: dict[str, Any], *, name: str = "api_order_changes", key: str = "") -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(reverse(name, args=[order.number]), body, content_type="application/json", headers=headers)


def test_staff_look_at_a_change_and_make_it_once(staff: Client) -> None:
    mug, bowl = carts.product(units=10, amount=2000), carts.product(units=10, amount=1000)
    order = being_prepared((mug, 2))
    body = {
        "seenRevision": 0,
        "remove": [{"lineId": str(line_of(order, mug).pk), "quantity": 1}],
        "add": [{"sku": carts.variant_of(bowl).sku, "quantity": 3}],
        "reason": "asked for",
    }
    seen = post(staff, order, {**body, "preview": True})
    assert seen.status_code == 200
    told = seen.json()
    assert {name: told[name] for name in ("difference", "due", "paid", "balance", "toPay")} == {
        "difference": "10.63", "due": "59.12", "paid": "48.49", "balance": "10.63", "toPay": "10.63",
    }  # fmt: skip
    assert [(line["quantity"], line["change"], line["total"]) for line in told["lines"]] == [
        (1, -1, "20.00"), (3, 3, "30.00"),
    ]  # fmt: skip
    assert not OrderChange.objects.exists()
    answers = [post(staff, order, body, key="k1") for _twice in range(2)]
    assert [one.status_code for one in answers] == [200, 200]
    shown = answers[1].json()
    assert (shown["balance"], shown["due"], shown["revision"]) == ("10.63", "59.12", 1)
    assert [(item["quantity"], item["removed"], item["returned"]) for item in shown["items"]] == [(1, 1, 0), (3, 0, 0)]
    assert OrderChange.objects.get().actor.startswith("staff:")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"seenRevision": 7, "deliveryOption": "express"}, 409, "changed_meanwhile"),
        ({"seenRevision": 7, "deliveryOption": "express", "preview": True}, 409, "changed_meanwhile"),
        ({"seenRevision": 0}, 422, "nothing_changes"),
        ({"seenRevision": 0, "deliveryOption": "balloon"}, 409, "not_deliverable"),
        ({"seenRevision": 0, "shippingAddress": {"country": "US"}}, 422, "address_invalid"),
        ({"seenRevision": 0, "remove": [{"lineId": "01a1fd45-9305-7e93-a7e9-754b35d47936", "quantity": 1}]}, 409,
         "too_many_units"),
        ({"seenRevision": 0, "add": [{"sku": "none", "quantity": 1}]}, 400, "validation_error"),
        ({"seenRevision": 0, "add": [{"quantity": 1}]}, 400, "validation_error"),
        ({"seenRevision": 0, "remove": [{"lineId": "x", "quantity": 0}]}, 400, "validation_error"),
        ({"deliveryOption": "express"}, 400, "validation_error"),
    ],
)  # fmt: skip
def test_what_cannot_be_changed_is_refused_with_a_code(
    staff: Client, body: dict[str, Any], status: int, code: str
) -> None:
    order = being_prepared((carts.product(units=10, amount=2000), 2))
    answer = post(staff, order, body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert now(order).revision == 0


def test_staff_cancel_units_and_the_last_ones_cancel_the_order(staff: Client) -> None:
    mug = carts.product(units=10, amount=2000)
    order = being_prepared((mug, 2))
    line = str(line_of(order, mug).pk)
    first = post(staff, order, {"lines": [{"lineId": line, "quantity": 1}]}, name="api_order_cancel", key="k")
    again = post(staff, order, {"lines": [{"lineId": line, "quantity": 1}]}, name="api_order_cancel", key="k")
    assert [first.json()["revision"], again.json()["revision"], first.json()["status"]] == [1, 1, "processing"]
    last = post(staff, order, {"lines": [{"lineId": line, "quantity": 1}]}, name="api_order_cancel")
    assert (last.status_code, last.json()["status"], now(order).revision) == (200, "cancelled", 1)
    late = post(staff, order, {"lines": [{"lineId": line, "quantity": 1}]}, name="api_order_cancel")
    assert (late.status_code, late.json()["error"]["code"]) == (409, "not_editable")


def test_staff_who_may_cancel_orders_cancel_those_of_customers_whole(staff: Client) -> None:
    order = being_prepared((carts.product(units=10, amount=2000), 2))
    answers = [post(staff, order, {"reason": "No stock"}, name="api_order_cancel", key="k") for _ in range(2)]
    assert [(one.status_code, one.json()["status"]) for one in answers] == [(200, "cancelled")] * 2
    late = post(staff, order, {}, name="api_order_cancel")
    assert (late.status_code, late.json()["error"]["code"]) == (409, "transition_refused")
    assert [one.note for one in order.steps.filter(trigger="cancel")] == ["No stock"]


def test_nobody_else_cancels_orders_of_others(client: Client) -> None:
    order = being_prepared((carts.product(units=10, amount=2000), 2))
    assert post(client, order, {}, name="api_order_cancel").status_code == 404
    clerk = post(person(client, "edit_order"), order, {}, name="api_order_cancel")
    assert (clerk.status_code, clerk.json()["error"]["code"]) == (403, "permission_denied")
    assert now(order).status == "processing"


def test_who_may_edit_orders_cannot_cancel_one_by_taking_all_of_it_off(client: Client) -> None:
    mug = carts.product(units=10, amount=2000)
    order = being_prepared((mug, 2))
    clerk = person(client, "edit_order")
    refused = post(
        clerk, order, {"seenRevision": 0, "remove": [{"lineId": str(line_of(order, mug).pk), "quantity": 2}]}
    )
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "permission_denied")
    assert (now(order).status, now(order).revision) == ("processing", 0)
    done = post(clerk, order, {"seenRevision": 0, "remove": [{"lineId": str(line_of(order, mug).pk), "quantity": 1}]})
    assert (done.status_code, now(order).revision) == (200, 1)
    both = post(
        person(client, "edit_order", "cancel_order"), order,
        {"seenRevision": 1, "remove": [{"lineId": str(line_of(order, mug).pk), "quantity": 1}]},
    )  # fmt: skip
    assert (both.status_code, now(order).status) == (200, "cancelled")


def test_nobody_else_may(client: Client) -> None:
    order = being_prepared((carts.product(units=10, amount=2000), 2))
    body = {"seenRevision": 0, "deliveryOption": "express"}
    assert post(client, order, body).status_code == 401
    lines = {"lines": [{"lineId": str(order.lines.get().pk), "quantity": 1}]}
    assert post(client, order, lines, name="api_order_cancel").status_code == 404
    person(client, "fulfil_order")
    assert post(client, order, body).status_code == 403
    assert post(client, order, lines, name="api_order_cancel").status_code == 403
    assert now(order).revision == 0


def test_shoppers_cancel_units_of_their_own_order_until_the_warehouse_begins(client: Client) -> None:
    order = being_prepared((carts.product(units=10, amount=2000), 3))
    Order.objects.filter(pk=order.pk).update(status="payment_confirmed")
    lines = {"lines": [{"lineId": str(order.lines.get().pk), "quantity": 1}]}
    url, key = reverse("api_order_cancel", args=[order.number]), {access.HEADER: order.access_key}

    def ask(body: object, **more: str) -> Any:
        return client.post(url, body, content_type="application/json", headers={**key, **more})

    for _once in range(2):
        answer = ask(lines, **{"Idempotency-Key": "k"})
        assert (answer.status_code, answer.json()["items"][0]["quantity"], now(order).revision) == (200, 2, 1)
    assert OrderChange.objects.get().actor == "guest"
    many = ask({"lines": [{"lineId": str(order.lines.get().pk), "quantity": 3}]})
    assert (many.status_code, many.json()["error"]["code"]) == (409, "too_many_units")
    assert ask({"lines": None}).status_code == 400
    fulfilment.start(order_id=order.pk, by="staff:1")
    late = ask(lines)
    assert (late.status_code, late.json()["error"]["code"], now(order).revision) == (409, "not_editable", 1)
    assert late.json()["error"]["message"] == "We are packing it already, so single items cannot be cancelled."
