"""Write docs/order-states.md from the table of transitions."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from checkout.orders import diagram

PAGE = settings.BASE_DIR / "docs" / "order-states.md"


class Command(BaseCommand):
    help = "Write docs/order-states.md from checkout/orders/transitions.py."

    def handle(self, **options: Any) -> None:
        PAGE.write_text(diagram.document())
        self.stdout.write(f"{PAGE} is written.")
