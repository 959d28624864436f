"""manage.py load_demo: the demo catalogue with what shows off the shop, and a merchant who may do everything."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cart.promotions import demo as promotions
from cart.shipping import demo as shipping
from cart.tax import demo as taxes
from catalog.imports import services as imports
from catalog.imports.demo import load, said, showcase
from catalog.recommendations import rebuilding
from catalog.recommendations import services as recommendations
from catalog.reviews import bringing as reviews
from checkout.invoices import demo as invoices
from checkout.returns import demo as returns
from shop.accounts import services as accounts
from shop.accounts.models import CustomerGroup
from shop.core import db

GROUP = "trade"


class Command(BaseCommand):
    help = "Load the demo catalogue and make the demo's merchant; a second time changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        try:
            report = load.load(say=self.stdout.write)
        except imports.ImportRunning as error:
            raise CommandError(str(error)) from error
        for number, kind, sentence in report.problems:
            self.stderr.write(f"row {number}: {kind}: {sentence}")
        reviewed = reviews.bring_in(reviews=load.reviews(), by="system")
        self.stdout.write(f"{reviewed} reviews were added.")
        self.stdout.write(f"{self._remember()} past orders were added.")
        self.stdout.write(f"{returns.load()} rules of returns were added.")
        self._show_off()
        if invoices.load():
            self.stdout.write("Papers say who the merchant is.")
        if settings.DEMO_MERCHANT_PASSWORD:
            accounts.ensure_merchant(email=settings.DEMO_MERCHANT_EMAIL, password=settings.DEMO_MERCHANT_PASSWORD)
            self.stdout.write(f"The merchant is {settings.DEMO_MERCHANT_EMAIL}.")
        self.stdout.write(self.style.SUCCESS(f"The demo is loaded ({time.monotonic() - started:.0f} s)."))

    def _show_off(self) -> None:
        """What the shop can do that a file of products does not tell; nothing of it where a merchant has their own."""
        for sentence in showcase.load():
            self.stdout.write(sentence)
        if not CustomerGroup.objects.exists():
            CustomerGroup.objects.create(name="Trade customers", code=GROUP, price_list=showcase.TRADE)
        self.stdout.write(f"{promotions.load(group=GROUP)} promotions were added.")
        if shipping.load():
            self.stdout.write("Parcels go to Europe by weight, and things can be collected.")
            if shipping.PLACE["country"] != settings.DEFAULT_COUNTRY:
                self.stdout.write(
                    "The demo is at home in Chicago: its ways of delivery are for the US and Europe, and nothing is "
                    f"collected in {settings.DEFAULT_COUNTRY}. Change that under Delivery."
                )
        self.stdout.write(f"{taxes.load()} tax rates were added.")
        self.stdout.write(f"{said.load()} products were translated.")

    def _remember(self) -> int:
        """What is bought together, and what is wanted these days, as if the shop had been open before."""
        now = db.clock(db.CATALOG)
        past = [
            recommendations.Bought(
                uuid5(NAMESPACE_OID, f"demo order {number}"), now - timedelta(days=days), None, products
            )
            for number, days, products in load.past_orders()
        ]
        added = recommendations.note_orders(past)
        rebuilding.rebuild()
        return added
