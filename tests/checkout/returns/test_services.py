"""From the shopper's wish to the money."""

from __future__ import annotations

import pytest

from checkout.returns import services as returns
from tests import outbox
from tests.factories import returns as make
from tests.factories.inventory import stocked

pytestmark = pytest.mark.django_db


def test_a_return_goes_all_the_way() -> None:
    make.rule()
    item = stocked(5)
    order = make.arrived([item], quantity=2)
    found = make.asked(order, make.wanted(make.lines(order)[0], 2))
    assert (found.status, found.number[:8]) == ("approved", "RET-2026")
    make.back(found)
    outbox.drain()
    assert [one for one in outbox.failures() if "invoices" not in one] == []
    item.refresh_from_db()
    assert item.on_hand == 5
    seen = returns.simulate(return_id=found.pk, by="staff:1")
    done = returns.reimburse(return_id=found.pk, by="staff:1", seen=seen.mark)
    assert done.amount.minor == order.total_minor
    outbox.drain()
    assert [one for one in outbox.failures() if "invoices" not in one] == []
