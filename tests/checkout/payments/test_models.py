"""Tables of money: what is looked for has an index."""

from __future__ import annotations

import pytest
from django.db import connection

from checkout.payments.models import Refund
from shop.core import db

pytestmark = pytest.mark.django_db


def test_those_of_an_order_are_found_by_an_index() -> None:
    """With whole tables put out of the question, the planner takes the index that was made for it."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE checkout_refund CASCADE")  # of a table known to be empty it would take any
        for way in ("seqscan", "sort", "bitmapscan"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
    assert "Index Scan using refund_order on" in Refund.objects.filter(order_id=db.uuid7()).order_by().explain()
