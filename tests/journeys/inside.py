"""A process of the running shop that does what a journey asks it to, by the shop's own services."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from tests.journeys import running

_LOOP = """
import json, os, sys
import django
django.setup()
from catalog.products import categories, prices, services, translating
from catalog.products.models import Product, Variant
from catalog.reviews import services as reviews
from catalog.search.models import Listing
from catalog.translations import services as terms
from catalog.translations.models import Term
from datetime import timedelta
from inventory.stock import services as stock
from shop.core import db
from shop.core.money import Money
from uuid import UUID
for line in sys.stdin:
    print(json.dumps(eval(json.loads(line)), default=str), flush=True)
"""


class Merchant:
    """Does things with the shop's own services, in a process of the shop, which tells of them as any other does."""

    def __init__(self, shop: running.Shop) -> None:
        env = shop.env | {"DJANGO_SETTINGS_MODULE": "shop.settings", "LOG_LEVEL": "ERROR"}
        self.process = subprocess.Popen(
            [sys.executable, "-c", _LOOP], cwd=running.CHECKOUT, env=env, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def does(self, what: str) -> Any:
        """The value of an expression."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(json.dumps(what), file=self.process.stdin, flush=True)
        return json.loads(self.process.stdout.readline())

    def goes(self) -> None:
        self.process.communicate(timeout=20)
