"""What the books of a running shop say of its orders, read by its own selectors.

As a program (`python -m tests.journeys.books ORD-2026000001 …`) it prints them by order number, and what
`verify_invariants` finds wrong in the shop, as one JSON object.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.journeys import running

CHECKOUT = Path(__file__).parents[2]


def read(shop: running.Shop, *numbers: str) -> dict[str, dict[str, Any]]:
    """Due, what papers and payments come to, and the ledger's accounts, all in minor units, by order number.

    They are worth nothing in a shop that breaks an invariant, so that fails.
    """
    done = subprocess.run(
        [sys.executable, "-m", "tests.journeys.books", *numbers],
        cwd=CHECKOUT, env=shop.env | {"DJANGO_SETTINGS_MODULE": "shop.settings"}, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["violations"] == [], told["violations"]
    return dict(told["orders"])


def _of(number: str) -> dict[str, Any]:
    # imported here: the test that calls `read` has settings and a database of its own
    from checkout.invoices import selectors as invoices
    from checkout.ledger import rules
    from checkout.ledger import selectors as ledger
    from checkout.orders import selectors as orders
    from checkout.payments import selectors as payments

    order = orders.order(number)
    assert order is not None, number
    papers = invoices.documents_of(order.pk)
    taken = payments.payments_of(order.pk)
    entries = ledger.entries_of(order.pk)
    return {
        "status": order.status,
        "due": order.due_minor,
        "balance": order.balance_minor,
        "invoiced": sum(one.gross_minor for one in papers if not one.is_credit),
        "credited": sum(one.gross_minor for one in papers if one.is_credit),
        "papers": [one.number for one in papers],
        "captured": sum(one.captured_minor for one in taken),
        "returned": sum(one.returned_minor for one in taken),
        "store_credit": sum(one.credited_minor for one in taken),
        "ledger": rules.balances([
            rules.Posting(one.debit, one.credit, one.amount_minor, one.is_reversal) for one in entries
        ]),
    }  # fmt: skip


if __name__ == "__main__":
    import django

    django.setup()
    from shop.management.commands.verify_invariants import verify

    violations = [sentence for finding in verify() for sentence in finding.violations]
    sys.stdout.write(json.dumps({"orders": {number: _of(number) for number in sys.argv[1:]}, "violations": violations}))
