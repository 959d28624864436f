"""What merchants, suppliers and warehouses do in the world: transfers, purchase orders, signed messages, limits.

Units that came and went are kept in the world's own book (`units`, by stock item), beside the shop's tables.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

from inventory.feeds import rules as feed_rules
from inventory.feeds import services as feeds
from inventory.stock import limits
from inventory.stock import services as stock
from inventory.stock.models import Location, StockItem
from inventory.suppliers import receiving
from inventory.suppliers import services as suppliers
from inventory.suppliers.models import PurchaseOrder
from inventory.suppliers.services import PurchaseRefused
from inventory.transfers import services as transfers
from inventory.transfers.models import Transfer
from shop.core import db
from tests.factories.feeds import feed
from tests.factories.suppliers import SupplierFactory
from tests.fakes import partner

REFUSALS: tuple[type[Exception], ...] = (
    transfers.NotFree, transfers.TooMany, transfers.TransferRefused, transfers.TransferChanged, transfers.SameLocation,
    transfers.NothingToSend, PurchaseRefused, feeds.Refused, stock.BadQuantity, stock.UnknownStockItem,
)  # fmt: skip


class StockWorld:
    """Operations on units that no shopper asks for; `World` has the rest."""

    rng: random.Random
    variants: list[UUID]
    units: Counter[UUID]

    def open_gates(self) -> None:
        """A supplier, and two warehouses with secrets: one numbers its messages."""
        self.supplier = SupplierFactory()
        self.gates = [feed() for _ in range(2)]
        self.sequence = 0
        self.messages: list[tuple[int, str, bytes]] = []  # that were accepted, to be sent again

    # --- transfers

    def draft_transfer(self) -> None:
        source, target = self.rng.choice([("default", "north"), ("north", "default"), ("default", "default")])
        items = list(StockItem.objects.filter(location__code=source, variant_id__in=self.variants))
        some = self.rng.sample(items, min(len(items), self.rng.randint(1, 2)))
        units = {item.sku: self.rng.choice([1, 2, 5, 40, 0]) for item in some}
        transfers.draft(source=source, target=target, units=units, by="staff:1")

    def move_transfer(self) -> None:
        row = self._any(Transfer.objects.filter(status__in=["draft", "sent"]).select_related("source", "target"))
        if row is None:
            return
        lines = list(row.lines.all())
        if row.status == "draft":
            if self.rng.random() < 0.1:
                transfers.cancel(transfer_id=row.pk, by="staff:1")
            elif transfers.send(transfer_id=row.pk, by="staff:1"):
                self._book({line.variant_id: -line.quantity for line in lines}, row.source.code)
        elif self.rng.random() < 0.1:
            transfers.close(transfer_id=row.pk, reason="lost", version=row.version, by="staff:1")
        else:
            came = {line.variant_id: self.rng.randint(0, line.quantity) for line in lines}
            version = row.version - (self.rng.random() < 0.1)
            transfers.receive(transfer_id=row.pk, units=came, version=version, by="staff:1")
            self._book(came, row.target.code)

    # --- purchase orders

    def order_goods(self) -> None:
        place = self.rng.choice(list(Location.objects.filter(code__in=["default", "north"])))
        wanted = self.rng.sample(self.variants, 2)
        lines = [
            suppliers.Wanted(variant, self._sku(variant), self.rng.choice([0, 3, 9, 12]), 250) for variant in wanted
        ]
        row = suppliers.draft(supplier_id=self.supplier.pk, location_id=place.pk, lines=lines, by="staff:1")
        suppliers.place(order_id=row.pk, by="staff:1")

    def receive_goods(self) -> None:
        row = self._any(PurchaseOrder.objects.filter(status__in=["ordered", "partly"]).select_related("location"))
        if row is None:
            return
        if self.rng.random() < 0.05:
            end = suppliers.cancel if row.status == "ordered" else suppliers.close_short
            end(order_id=row.pk, by="staff:1")
            return
        came = {line.pk: self.rng.randint(0, line.ordered) for line in row.lines.all()}
        about = {"order_id": row.pk, "quantities": came, "key": self.fresh(), "by": "staff:1"}
        receipt = receiving.receive(is_more_confirmed=self.rng.random() < 0.3, **about)
        self._book({line.variant_id: came[line.pk] for line in row.lines.all()}, row.location.code)
        if self.rng.random() < 0.3:  # a second click
            assert receiving.receive(is_more_confirmed=True, **about).pk == receipt.pk

    # --- signed messages

    def warehouse_tells(self) -> None:
        number = self.rng.randrange(2)
        movements = [self._movement() for _ in range(self.rng.randint(1, 3))]
        payload: dict[str, Any] = {"movements": movements}
        if number:
            self.sequence += 1
            payload["sequence"] = self.sequence - (self.rng.random() < 0.1)
        body, name = json.dumps(payload).encode(), self.fresh()
        self._send(number, name, body)
        for one in movements:
            self._book({UUID(one["variantId"]): one["change"]}, one["location"])
        self.messages = [*self.messages, (number, name, body)][-100:]

    def warehouse_repeats(self) -> None:
        """Messages come again, in any order: the same answer, and no unit moves."""
        for number, name, body in self.rng.sample(self.messages, min(3, len(self.messages))):
            before = self._on_hand()
            assert self._send(number, name, body) == self._send(number, name, body)
            assert self._on_hand() == before

    def stranger_tells(self) -> None:
        """What nobody signed, what is too old, what names nothing we know: refused, and no unit moves."""
        before, (gate, secret) = self._on_hand(), self.gates[0]
        one = {**self._movement(), **self.rng.choice([{"location": "nowhere"}, {"change": -10_000, "reason": "lost"}])}
        good, key = json.dumps({"movements": [one]}).encode(), self.fresh()
        age = self.rng.choice([0, 0, 4000, -4000])
        signed = partner.headers(gate.code, self.rng.choice([secret, "whsec_b3RoZXI="]), key, good, age=age)
        try:
            self._accept(gate.code, key, good, signed)
        finally:
            assert self._on_hand() == before

    def _movement(self) -> dict[str, Any]:
        variant, change = self.rng.choice(self.variants), self.rng.choice([1, 2, 5, -1, -2, -30])
        reason = self.rng.choice([name for name, sign in _WAYS if sign * change > 0])
        place = self.rng.choice(["default", "north"])
        return {"variantId": str(variant), "sku": "any", "location": place, "change": change, "reason": reason}

    def _send(self, number: int, name: str, body: bytes) -> str:
        gate, secret = self.gates[number]
        return self._accept(gate.code, name, body, partner.headers(gate.code, secret, name, body))

    def _accept(self, code: str, name: str, body: bytes, signed: dict[str, str]) -> str:
        return feeds.accept(
            feed_code=code, message_id=name, timestamp=signed["webhook-timestamp"],
            signature=signed["webhook-signature"], body=body,
        )  # fmt: skip

    # --- limits

    def set_limits(self) -> None:
        item, day = self._item(), db.clock() + timedelta(days=9)
        limits.set_limits(
            stock_item_id=item.pk, low_stock_threshold=self.rng.randint(0, 5),
            backorder_limit=self.rng.choice([0, 0, 0, 3, 6, -1]), is_preorder=self.rng.random() < 0.3,
            expected_on=self.rng.choice([None, day.date()]),
            orders_until=self.rng.choice([None, None, day, db.clock() - timedelta(seconds=1)]), by="staff:1",
        )  # fmt: skip

    def close_orders(self) -> None:
        limits.close_orders()

    def choose_strategy(self) -> None:
        limits.choose_strategy(strategy=self.rng.choice(["fewest_parcels", "highest_stock"]), by="staff:1")

    # --- the book

    def _book(self, changes: dict[UUID, int], location: str) -> None:
        rows = StockItem.objects.filter(variant_id__in=changes, location__code=location).values_list("variant_id", "pk")
        for variant, key in rows:
            self.units[key] += changes[variant]

    def _sku(self, variant: UUID) -> str:
        return self.skus.setdefault(
            variant, StockItem.objects.filter(variant_id=variant).values_list("sku", flat=True)[0]
        )


_WAYS = [("received", 1), ("returned", 1), ("found", 1), ("damaged", -1), ("lost", -1), ("sold", -1)]
assert {name for name, _sign in _WAYS} <= set(feed_rules.REASONS)
