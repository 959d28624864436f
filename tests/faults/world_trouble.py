"""What goes wrong with money in the world, or is done past the shop: refunds that are refused, money given back at the
provider's own pages, papers that are issued anew.
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

from checkout.invoices import selectors as documents
from checkout.invoices import services as invoices
from checkout.orders.models import Order
from checkout.payments import lingering
from checkout.payments import services as payments
from checkout.payments.models import Payment, Refund
from shop.core import db
from shop.core.money import Money
from tests.factories import catalog
from tests.factories.checkout import ADDRESS
from tests.fakes.sandbox import RunningSandbox

REFUSALS: tuple[type[Exception], ...] = (invoices.ReissueRefused,)


class TroubleWorld:
    """Operations on money past the usual; `World` has the rest."""

    rng: random.Random
    sandbox: RunningSandbox
    done: Counter[str]
    products: list[Any]
    variants: list[UUID]

    def open_shelf(self) -> None:
        """Two of the products come in another size, dearer and cheaper: these can be had in exchange."""
        self.past: set[UUID] = set()  # payments of which the shop may still have to hear something
        for product, amount in zip(self.products[:2], (2900, 555), strict=True):
            other = catalog.add_variant(product, units=20, amount=amount, options={"Size": "L"}, position=5)
            self.variants.append(other.pk)

    def refuse_refunds(self) -> None:
        """The provider will not make the next refunds: an account was closed, or the shop's balance is too low."""
        self.sandbox.faults(errors=self.rng.randint(1, 3), status=402, path="refunds$")

    def try_refunds_again(self) -> None:
        """Time passes, and the timetable comes by; or staff press the button."""
        Refund.objects.filter(status="failed").update(created_at=db.clock() - timedelta(hours=2))
        for key in lingering.failed_refunds():
            self._try_again(key, "system")

    def _try_again(self, key: UUID, by: str) -> None:
        try:
            if payments.try_again(refund_id=key, by=by):
                self.done["refund tried again"] += 1
        except payments.RefundRefused:
            self.done["refund not owed any more"] += 1

    def try_all_refunds_again(self) -> None:
        """Staff do, until none is left that failed and is owed."""
        for key in Refund.objects.filter(status="failed").values_list("pk", flat=True):
            self._try_again(key, "staff:1")

    def refund_past_the_shop(self) -> None:
        """Staff give money back at the provider's own page; the shop hears of it, then or later.

        Of guests' orders: what was given as store credit before that is heard could not be taken back.
        """
        ours = Payment.objects.filter(provider="stripe", captured_minor__gt=0, disputed_minor=0)
        payment = self._any(ours.filter(order__customer_id=None))
        if payment is None:
            return
        minor = self.rng.choice([payment.captured_minor, payment.captured_minor // 3, 100, 1])
        amount = Money(max(1, minor), payment.currency)
        self.past.add(payment.pk)
        self.sandbox.provider().refund(payment.reference, amount, f"past:{self.fresh()}")
        self.done["refunded past the shop"] += 1
        if self.rng.random() < 0.5:
            payments.fetch(payment_id=payment.pk, source="fetch")

    def hear_of_the_past(self) -> None:
        """The provider's message comes at last."""
        for key in self.past:
            payments.fetch(payment_id=key, source="webhook")
        self.past.clear()

    def reissue(self) -> None:
        """A bill for somebody else."""
        order = Order.objects.get(pk=self._order())
        papers = documents.documents_of(order.pk)
        address = {**ADDRESS, "company": "", "address2": "", "phone": "", "first_name": self.fresh()}
        seen = papers[-1].number if papers else ""
        invoices.reissue(order_id=order.pk, seen=seen, billing_address=address, reason="another company", by="staff:1")
        self.done["invoiced anew"] += 1
