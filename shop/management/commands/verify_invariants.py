"""manage.py verify_invariants: does what must always hold, hold in this shop now?"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cart.promotions import invariants as promotions
from catalog.products import invariants as products
from catalog.reviews import invariants as reviews
from catalog.search import invariants as search
from checkout.archive import invariants as archive
from checkout.changes import invariants as changes
from checkout.fulfilment import invariants as parcels
from checkout.giftcards import invariants as gift_cards
from checkout.invoices import invariants as documents
from checkout.ledger import invariants as ledger
from checkout.orders import invariants as orders
from checkout.payments import invariants as payments
from checkout.purchase import invariants as purchase
from checkout.reconciliation import invariants as reconciliation
from checkout.returns import invariants as returns
from checkout.storecredit import invariants as credit
from inventory.feeds import invariants as feeds
from inventory.reservations import selectors as reservations
from inventory.stock import selectors as stock
from inventory.suppliers import invariants as suppliers
from inventory.transfers import selectors as transfers
from inventory.waitlist import selectors as waitlist
from shop.audit import services as audit
from shop.core import db, invariants
from shop.core.invariants import Skipped
from shop.events import invariants as events
from shop.notifications import invariants as notifications

Question = Callable[[], list[str]]


def _cache() -> list[str]:
    raise Skipped("the cache holds only copies that expire by themselves")


def _replicas() -> list[str]:
    raise Skipped("no replica is in use: every read goes to the database that was written to")


# Code, what must hold, the queries that tell, and the comparators, which ask others (over the network, or in vain).
INVARIANTS: tuple[tuple[str, str, tuple[Question, ...], tuple[Question, ...]], ...] = (
    ("I1", "No unit is sold twice, and every one is accounted for.",
     (stock.stock_violations, transfers.transfer_violations, suppliers.receipts_are_stock,
      returns.good_units_are_stock), ()),
    ("I2", "Every hold ends once: in an order, or in nothing.",
     (reservations.reservation_violations, waitlist.line_violations, orders.units_are_sold,
      orders.unpaid_are_not_sold, parcels.parcels_hold_the_order, archive.units_are_sold), ()),
    ("I3", "What is paid is what the provider captured.", (), (payments.paid_is_captured,)),
    ("I4", "No money lies about without an order.", (payments.no_orphan_money,), (reconciliation.no_unknown_money,)),
    ("I5", "What must happen once has happened once.",
     (orders.placed_once, payments.asked_once, payments.kept_once, events.once, notifications.once,
      invariants.calls_once, feeds.messages_moved_once, returns.units_come_back_once, archive.kept_once), ()),
    ("I6", "An order costs what its parts cost, and no payment asks for more.",
     (orders.prices_add_up, orders.shares_add_up, payments.amounts_fit, returns.worth_is_given_back), ()),
    ("I7", "The books balance, no more is given back than was taken, and no record was altered.",
     (payments.ledger_balances, ledger.balanced, payments.refunds_fit, archive.ledger_is_archived,
      credit.balances_are_sums, gift_cards.balances_are_sums,
      documents.documents_agree, documents.numbers_have_no_gaps, changes.asked_for, changes.parts_are_paid,
      audit.verify), ()),
    ("I8", "Orders take legal steps only, and all of them are known.",
     (orders.states_are_legal, orders.changes_are_known, payments.given_back_is_not_taken,
      returns.histories_have_no_gaps), ()),
    ("I9", "Coupons are used as often as they may be.", (promotions.counted, purchase.coupons_of_orders), ()),
    ("I10", "What has happened is heard by all who must hear it.", (events.delivered,), ()),
    ("I11", "No order that a shopper was told of is lost.",
     (orders.told_orders_exist, purchase.carts_became_orders, purchase.turns_come), ()),
    ("I12", "Copies agree with their sources.", (products.listing_prices, search.listed, reviews.counted),
     (search.elasticsearch, _cache)),
    ("I13", "Nothing is stuck.",
     (payments.nothing_is_stuck, purchase.unpaid_orders_end, waitlist.line_moves, notifications.sent,
      returns.returns_move_on), ()),
    ("I14", "Whoever has written something sees it.", (), (_replicas,)),
)  # fmt: skip


@dataclass
class Finding:
    """One invariant, what was found against it, and what could not be looked at."""

    code: str
    sentence: str
    violations: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    is_checked: bool = False


class Command(BaseCommand):
    help = "Check the invariants I1 to I14, writing nothing; list what violates them. Exits with 1 if anything does."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        findings = verify()
        broken = [finding for finding in findings if finding.violations]
        if options["json"]:
            report = {"is_clean": not broken, "at": db.clock().isoformat(), "invariants": [*map(asdict, findings)]}
            self.stdout.write(json.dumps(report, indent=2))
        else:
            for finding in findings:
                self._tell(finding)
        if broken:
            count = sum(len(finding.violations) for finding in broken)
            raise CommandError(f"{count} violations of {', '.join(finding.code for finding in broken)}.")

    def _tell(self, finding: Finding) -> None:
        if finding.violations:
            state = self.style.ERROR(f"{len(finding.violations)} violations")
        else:
            state = self.style.SUCCESS("holds") if finding.is_checked else "skipped"
        self.stdout.write(f"{finding.code:4} {state}: {finding.sentence}")
        for violation in finding.violations:
            self.stdout.write(f"     ✗ {violation}")
        for reason in finding.skipped:
            self.stdout.write(f"     skipped: {reason}")


def verify() -> list[Finding]:
    """Every invariant's finding, in order. Queries run where nothing can be written."""
    findings = []
    for code, sentence, queries, comparators in INVARIANTS:
        finding = Finding(code, sentence)
        for question in queries:
            _ask(finding, question, is_query=True)
        for question in comparators:
            _ask(finding, question, is_query=False)
        findings.append(finding)
    return findings


def _ask(finding: Finding, question: Question, *, is_query: bool) -> None:
    try:
        with invariants.read_only() if is_query else nullcontext():
            finding.violations += [sentence.removeprefix(f"{finding.code} ") for sentence in question()]
    except Skipped as reason:
        finding.skipped.append(str(reason))
    else:
        finding.is_checked = True
