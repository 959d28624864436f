"""Days of delivery in the sentences of an order's page."""

from datetime import date
from types import SimpleNamespace

import pytest

from checkout.desk import wording


@pytest.mark.parametrize(
    ("status", "told"),
    [("shipped", "Arrives Tue, May 5"), ("processing", "Arrives Tue, May 5"), ("delivered", ""),
     ("cancelled", "")],
)  # fmt: skip
def test_the_day_of_delivery_is_written_as_in_the_sentence_above_it(status: str, told: str) -> None:
    order = SimpleNamespace(
        status=status, fulfilment_state="unfulfilled", delivery_on=date(2026, 5, 5), collection_place={}
    )
    assert wording.arrives(order) == told
