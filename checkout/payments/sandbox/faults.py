"""Switches for what goes wrong outside: slow, broken and lost answers, and unruly webhooks.

Set as JSON by ``POST /_sandbox/faults``; each name as below, all off at the start.
"""

import random
import re
import threading
from dataclasses import dataclass, field, fields
from typing import Any


@dataclass
class Webhooks:
    """``off``: events are never sent. ``hold``: kept until ``/_sandbox/webhooks/deliver``.

    ``delay``: seconds before sending. ``copies``: how often each is sent.
    ``reversed``: wait for a second of quiet, then send the newest first.
    """

    off: bool = False
    hold: bool = False
    delay: float = 0.0
    copies: int = 1
    reversed: bool = False


@dataclass
class Faults:
    """``delay``: seconds before each answer. ``errors``: so many calls answer ``status`` and do nothing.

    ``error_percent``: that share of calls does. ``stored_errors``: so many calls fail and the failure is
    remembered for their idempotency key. ``lost_replies``: so many calls are done, then the
    connection is cut. ``processing``: so many payments stay in processing until settled.
    ``path``: a regular expression that limits all these to matching paths of POST requests.
    """

    delay: float = 0.0
    errors: int = 0
    error_percent: float = 0.0
    stored_errors: int = 0
    status: int = 500
    lost_replies: int = 0
    processing: int = 0
    path: str = ""
    webhooks: Webhooks = field(default_factory=Webhooks)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def concerns(self, method: str, path: str) -> bool:
        return not self.path or (method == "POST" and re.search(self.path, path) is not None)

    def take(self, name: str) -> bool:
        """Use up one of a counted fault."""
        with self._lock:
            left: int = getattr(self, name)
            if left <= 0:
                return False
            setattr(self, name, left - 1)
            return True

    def strikes(self) -> bool:
        """Whether this call is to fail before anything is done."""
        by_chance = self.error_percent > 0 and random.uniform(0, 100) < self.error_percent
        return self.take("errors") or by_chance

    def change(self, given: dict[str, Any]) -> None:
        """Set the named switches; none of them when one is unknown (ValueError) or wrong (also TypeError)."""
        rest = dict(given)
        webhooks = _checked(self.webhooks, rest.pop("webhooks", {}))
        plain = _checked(self, rest)
        try:
            re.compile(plain.get("path", ""))
        except re.error as error:
            raise ValueError(f"path is not a regular expression: {error}") from error
        for target, values in ((self.webhooks, webhooks), (self, plain)):
            for name, value in values.items():
                setattr(target, name, value)

    def clear(self) -> None:
        self.change(Faults().shown())

    def shown(self) -> dict[str, Any]:
        names = [entry.name for entry in fields(self) if entry.name not in ("webhooks", "_lock")]
        return {name: getattr(self, name) for name in names} | {"webhooks": dict(vars(self.webhooks))}


def _checked(target: Any, given: Any) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise TypeError("switches are an object of names and values")
    return {name: _fitting(target, name, value) for name, value in given.items()}


def _fitting(target: Any, name: str, value: Any) -> Any:
    if name.startswith("_") or name not in vars(target):
        raise ValueError(f"no such switch: {name}")
    kind = type(getattr(target, name))
    if kind is float and type(value) is int:
        value = float(value)
    if type(value) is not kind or (kind in (int, float) and value < 0):
        raise ValueError(f"{name} is not a {kind.__name__}")
    return value
