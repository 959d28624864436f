"""What cannot be returned: the page and the API say why in the same words, and nothing is kept of the wish."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from django.db.models import F
from django.test import Client
from django.urls import reverse

from checkout.fulfilment.models import Shipment
from checkout.orders.models import Order
from checkout.returns import services as returns
from checkout.returns.models import Return, ReturnUnit
from tests.factories import checkout as made
from tests.factories import returns as make
from tests.factories.archive import archive_all
from tests.factories.photos import jpeg

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rule() -> None:
    make.rule()


def late(order: Order) -> None:
    Shipment.objects.filter(order=order).update(delivered_at=F("delivered_at") - timedelta(days=31))


def final(order: Order) -> None:
    make.rule(is_final_sale=True)


def all_of_it(order: Order) -> None:
    make.asked(order, make.wanted(make.lines(order)[0], 2))


def one_of_it(order: Order) -> None:
    make.asked(order)


def nothing(order: Order) -> None:
    pass


def by_page(order: Order, units: int, line: str) -> tuple[int, list[str]]:
    """Status and sentences of the page's form, as a browser sends it that was opened before."""
    data = {f"units_{line}": units, f"reason_{line}": "late", f"condition_{line}": "unopened", "wish": "original",
            "key": "page"}  # fmt: skip
    url = reverse("order_return", args=[order.number]) + f"?key={order.access_key}"
    answer = Client().post(url, data)
    form = answer.context["form"]
    return answer.status_code, [text for texts in form.errors.values() for text in texts]


def by_api(order: Order, units: int, line: str) -> tuple[int, str, str]:
    body = {"lines": [{"lineId": line, "quantity": units, "reason": "late", "condition": "unopened"}]}
    client = Client(headers={"X-Order-Token": order.access_key})
    answer = client.post(reverse("api_order_returns", args=[order.number]), body, content_type="application/json")
    error: dict[str, Any] = answer.json()["error"]
    return answer.status_code, error["code"], error["message"]


@pytest.mark.parametrize(
    ("before", "units", "code", "sentence"),
    [
        (all_of_it, 1, "too_many_units", "Everything that was sent of this item is in a return already."),
        (one_of_it, 2, "too_many_units", "only 1 can be returned now."),
        (nothing, 3, "too_many_units", "only 2 can be returned now."),
        (late, 1, "too_late", "Returns of this item were possible until "),
        (final, 1, "final_sale", "This item was a final sale and cannot be returned."),
    ],
)
def test_twice_too_many_too_late_and_final(
    before: Callable[[Order], None], units: int, code: str, sentence: str
) -> None:
    order = make.arrived(quantity=2)
    [line] = make.lines(order)
    before(order)
    kept = (Return.objects.count(), ReturnUnit.objects.count())
    status, [told] = by_page(order, units, line.pk.hex)
    assert (status, told.startswith(f"{line.name}: {sentence}")) == (422, True)
    status, found, message = by_api(order, units, str(line.pk))
    assert (status, found) == (409, code)
    assert message.startswith(f"{line.name}: ")
    assert (Return.objects.count(), ReturnUnit.objects.count()) == kept


def test_lines_of_another_order() -> None:
    order, other = make.arrived(), make.arrived()
    line = make.lines(other)[0].pk
    assert by_page(order, 1, line.hex) == (422, ["Choose what you want to send back."])
    assert by_api(order, 1, str(line)) == (409, "unknown_line", "This item is not part of the order.")
    assert Return.objects.count() == 0


def test_what_was_never_sent() -> None:
    order = made.paid()
    [line] = make.lines(order)
    assert by_page(order, 1, line.pk.hex) == (422, [f"{line.name}: This item has not been sent yet."])
    assert by_api(order, 1, str(line.pk))[:2] == (409, "too_many_units")


def test_an_order_that_went_into_the_archive_since_its_form_was_opened() -> None:
    order = make.arrived()
    wanted = make.wanted(make.lines(order)[0])
    assert archive_all() == 1
    with pytest.raises(returns.ReturnRefused, match="This order is in our archive") as refused:
        make.asked(order, wanted, pictures=[jpeg()])
    assert refused.value.code == "archived"
    assert list(Path(storages["private"].location).rglob("*.jpg")) == []
