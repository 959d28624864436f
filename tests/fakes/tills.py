"""A payment provider in a test's own memory, to see who was asked for money and how often."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import datetime, timedelta

from checkout.payments import providers
from checkout.payments.providers import base


class Till(base.Provider):
    """Takes every payment; `asked` is the payment ids in the order they came. `is_down`: answers nothing."""

    label = "Till"
    reservation_ttl = timedelta(minutes=15)
    has_hosted_page = False
    can_authorise = False
    can_save = False

    def __init__(self, code: str) -> None:
        self._code = code
        self.asked: list[str] = []
        self.is_down = False
        self._lock = threading.Lock()

    @property
    def code(self) -> str:
        return self._code

    def charge(self, request: base.ChargeRequest) -> base.Outcome:
        with self._lock:
            self.asked.append(request.payment_id)
        if self.is_down:
            raise base.ProviderUnavailable("down")
        charge = f"{self._code}_ch_{request.payment_id}"
        facts = (base.Fact("authorised", charge, request.amount), base.Fact("captured", charge, request.amount))
        return base.Outcome(reference=f"{self._code}_{request.payment_id}", state="succeeded", facts=facts)

    def void(self, reference: str, key: str) -> base.Outcome:
        return base.Outcome(reference=reference, state="cancelled")

    def find(self, payment_id: str) -> base.Outcome | None:
        return None

    def list(self, since: datetime, until: datetime) -> Iterable[base.Listed]:
        return ()

    @property
    def paid(self) -> set[str]:
        """The payments that were taken: the same one twice is one, by its key."""
        return set() if self.is_down else set(self.asked)


TILLS: dict[str, Till] = {}


def first() -> Till:
    return TILLS["till_one"]


def second() -> Till:
    return TILLS["till_two"]


def open_tills(monkeypatch: object) -> tuple[Till, Till]:
    """Two providers "till_one" and "till_two" in the table, until the test ends."""
    TILLS.update(till_one=Till("till_one"), till_two=Till("till_two"))
    for code, name in (("till_one", "first"), ("till_two", "second")):
        monkeypatch.setitem(providers.PROVIDERS, code, f"tests.fakes.tills.{name}")  # type: ignore[attr-defined]
    providers.provider.cache_clear()
    return first(), second()
