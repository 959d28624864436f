"""A01–A03: an order is shown to its customer and to whoever holds its secret, to nobody else."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.http import Http404, HttpRequest
from django.test import RequestFactory

from checkout.orders import access, services
from checkout.orders.models import Order
from shop.accounts.models import User
from shop.audit.models import AuditEntry
from tests.factories import checkout as make

pytestmark = pytest.mark.django_db


def request(key: str = "", *, user: object = None, **headers: str) -> HttpRequest:
    made = RequestFactory().get("/orders/", {"key": key} if key else {}, headers=headers)
    made.user = user or AnonymousUser()
    made.session = SessionStore()
    return made


def test_the_link_in_the_mail_opens_the_order() -> None:
    order = make.placed()
    assert access.url(order) == f"/orders/{order.number}/?key={order.access_key}"
    assert access.order_for(request(order.access_key), order.number) == order


def test_the_api_header_opens_it_too() -> None:
    order = make.placed()
    assert access.order_for(request(**{access.HEADER: order.access_key}), order.number) == order


@pytest.mark.parametrize(
    "key",
    ["", "x", "{key}x", "{short}", "{upper}", "\u00e9" * 32, "None", "0"],
)
def test_A02_an_altered_or_shortened_secret_is_404(key: str) -> None:
    order = make.placed()
    secret = order.access_key
    given = key.format(key=secret, short=secret[:-1], upper=secret.swapcase())
    with pytest.raises(Http404):
        access.order_for(request(given), order.number)


def test_A03_the_secret_of_one_order_does_not_open_another() -> None:
    mine, other = make.placed(), make.placed()
    with pytest.raises(Http404):
        access.order_for(request(mine.access_key), other.number)


def test_A01_an_order_of_somebody_else_and_one_that_does_not_exist_are_alike() -> None:
    user = User.objects.create_user("eve@example.com", "a long password")
    order = make.placed(customer_id=uuid4())
    for number in (order.number, "ORD-2026999999", "x" * 500):
        with pytest.raises(Http404):
            access.order_for(request(user=user), number)


def test_customers_see_their_own_without_a_secret() -> None:
    user = User.objects.create_user("ada@example.com", "a long password")
    order = make.placed(customer_id=user.pk)
    assert access.order_for(request(user=user), order.number) == order


def test_by_a_secret_that_was_renewed_nobody_sees_the_order() -> None:
    order = make.placed()
    old, visit = order.access_key, request()
    access.remember(visit, order)
    services.renew_link(order_id=order.pk, by="staff:1")
    order.refresh_from_db()
    assert (len(order.access_key), order.access_key != old) == (len(old), True)
    for stale in (request(old), request(**{access.HEADER: old}), visit):
        with pytest.raises(Http404):
            access.order_for(stale, order.number)
    assert access.order_for(request(order.access_key), order.number) == order
    entry = AuditEntry.objects.get(action="order.renew_link")
    assert (entry.object_id, entry.actor, old in str(entry.changes), order.access_key in str(entry.changes)) == (
        str(order.pk), "staff:1", False, False,
    )  # fmt: skip


def test_a_guests_session_remembers_the_secret() -> None:
    order = make.placed()
    visit = request()
    access.remember(visit, order)
    assert access.order_for(visit, order.number) == order
    Order.objects.filter(pk=order.pk).update(access_key="changed")
    with pytest.raises(Http404):
        access.order_for(visit, order.number)
