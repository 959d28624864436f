"""What happens to money in the world beside plain card payments: holds, credit, invoices, disputes.

The provider's own tables are the other book: what is taken and given back there must be what the shop says.
"""

from __future__ import annotations

import random
from typing import Any
from uuid import UUID

from django.db.models import F, Sum
from django.db.models.functions import Greatest

from checkout.orders.models import Order
from checkout.payments import services as payments
from checkout.payments.models import Capture, Payment, Refund
from checkout.reconciliation import services as reconciliation
from checkout.reconciliation.models import Difference
from checkout.storecredit import services as credit
from checkout.storecredit.models import CreditAccount
from shop.core import db
from shop.core.money import Money
from tests.factories import cart as carts
from tests.fakes.sandbox import RunningSandbox

REFUSALS: tuple[type[Exception], ...] = (
    payments.CaptureRefused, credit.NotEnough, credit.BadAmount, credit.KeyReused,
)  # fmt: skip


class MoneyWorld:
    """Operations on money; `World` has the rest."""

    rng: random.Random
    sandbox: RunningSandbox
    products: list[Any]
    orders: list[UUID]

    def open_till(self) -> None:
        self.given = 0  # minor units of credit that people got, less what was taken back
        self.since = db.clock()

    def choose_capture(self) -> None:
        payments.choose_capture(when=self.rng.choice(["at_once", "on_shipment"]), by="staff:1")

    def capture(self) -> None:
        """Staff take a part of what is held, or more than that."""
        order = self._held()
        if order is None:
            return
        minor = self.rng.choice([1, order.held_minor // 3, order.held_minor, order.held_minor + 1, 0])
        currency = "EUR" if self.rng.random() < 0.05 else order.currency
        before = Capture.objects.filter(order_id=order.pk).count()
        try:
            payments.request_capture(
                order_id=order.pk, amount=Money(minor, currency), is_final=self.rng.random() < 0.2, by="staff:1"
            )
        except payments.CaptureRefused:
            assert Capture.objects.filter(order_id=order.pk).count() == before
            raise
        assert 0 < minor <= order.held_minor
        assert currency == order.currency

    def void(self) -> None:
        """The rest of an order of which a part was taken is let go. (Who lets go of all of it should cancel it.)"""
        order = self._held()
        if order is not None and order.captured_minor:
            payments.request_void(order_id=order.pk, by="staff:1")

    def give_credit(self) -> None:
        """Somebody gets credit, or loses some of it."""
        account = self._any(CreditAccount.objects.all())
        if account is None or self.rng.random() < 0.6:
            self._grant(db.uuid7(), self.rng.choice([500, 4000, 20_000]))
            return
        amount = Money(self.rng.choice([100, 5000]), "USD")
        about = {"customer_id": account.customer_id, "amount": amount, "reason": "x", "key": self.fresh()}
        credit.withdraw(**about, by="staff:1")
        self.given -= amount.minor

    def place_with_credit(self) -> None:
        """An order paid by credit as far as it goes, and by card for the rest; or by credit alone."""
        customer = db.uuid7()
        self._grant(customer, self.rng.choice([1000, 3000, 30_000]))
        cart = carts.cart((self.rng.choice(self.products), self.rng.randint(1, 2)), customer_id=customer)
        way = {"provider": "stripe", "token": "pm_card_visa"}
        if self.rng.random() < 0.3:
            way = {"provider": "store_credit", "token": "", "method": "store_credit"}
        self.orders.append(carts.order(cart, use_credit=True, **way).pk)

    def place_on_invoice(self) -> None:
        cart = carts.cart((self.rng.choice(self.products), 1))
        self.orders.append(carts.order(cart, provider="invoice", token="", method="invoice").pk)

    def dispute(self) -> None:
        """A cardholder calls money back at the bank, or the bank decides."""
        if self.rng.random() < 0.4:
            paid = self._any(Payment.objects.filter(provider="stripe", captured_minor__gt=0, disputed_minor=0))
            if paid:
                self._control("dispute", {"payment_intent": paid.reference})
        else:
            rows = [one for one in self.sandbox.server.box.store.newest("dispute", 5) if one["status"] not in _OVER]
            if rows:
                end = {"dispute": rows[0]["id"], "result": self.rng.choice(["won", "lost"])}
                self._control("dispute", end)

    def _control(self, path: str, body: dict[str, Any]) -> None:
        try:
            self.sandbox.control(path, body)
        except OSError as refusal:  # given back already
            self.refused[type(refusal).__name__] += 1

    def _grant(self, customer: UUID, minor: int) -> None:
        about = {"amount": Money(minor, "USD"), "reason": "Sorry", "key": self.fresh()}
        credit.grant(customer_id=customer, **about, by="staff:1")
        self.given += minor

    def _held(self) -> Order | None:
        return self._any(Order.objects.filter(held_minor__gt=0).exclude(status__in=["cancelled", "refunded"]))

    # --- the books

    def money_differences(self) -> list[str]:
        """What the shop's books say of money and the provider's tables, or the world's own book of credit, do not."""
        taken, given = self._really()
        ours = Payment.objects.filter(provider="stripe").aggregate(a=Sum("captured_minor"), b=Sum("refunded_minor"))
        wrong = []
        if (ours["a"] or 0) != taken:
            wrong.append(f"captured {ours['a']}, at the provider {taken}")
        as_credit = Refund.objects.filter(destination="store_credit", status="done")
        credited = dict(as_credit.values_list("payment__provider").annotate(Sum("amount_minor")))
        if (ours["b"] or 0) != given + credited.get("stripe", 0):
            wrong.append(f"refunded {ours['b']}, at the provider {given}, as credit {credited}")
        spent = Payment.objects.filter(provider="store_credit").aggregate(
            sum=Sum(Greatest(F("authorised_minor"), F("captured_minor")) - F("refunded_minor"))
        )["sum"]
        left = CreditAccount.objects.aggregate(sum=Sum("balance_minor"))["sum"]
        if (left or 0) + (spent or 0) != self.given + sum(credited.values()):
            wrong.append(f"credit: {self.given} given and {credited}, {left} left, {spent} spent")
        return wrong + self._reconciled()

    def _reconciled(self) -> list[str]:
        """What the shop's own comparison with the provider's list finds since the last time."""
        until = db.clock()
        made = reconciliation.reconcile(provider="stripe", since=self.since, until=until)
        self.since = until
        rows = Difference.objects.filter(reconciliation=made)
        found = [f"reconciled: {one.kind} {one.reference} {one.ours!r} {one.theirs!r}" for one in rows]
        return found if made.status == "clean" or found else [f"not reconciled: {made.status} {made.problem}"]

    def _really(self) -> tuple[int, int]:
        """Minor units that the sandbox has taken and given back, from its own tables. A hold let go is neither."""
        store = self.sandbox.server.box.store
        taken = sum(one["amount_captured"] for one in store.newest("charge", 1_000_000) if one["captured"])
        given = sum(one["amount"] for one in store.newest("refund", 1_000_000) if one["balance_transaction"])
        return taken, given


_OVER = {"won", "lost"}
