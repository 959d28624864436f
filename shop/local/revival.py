"""When a part of the running shop that has died is started again: soon, and later and later while it keeps dying."""

import time
from collections.abc import Callable

PAUSES = (0.0, 1.0, 2.0, 5.0, 10.0, 30.0)  # seconds before the first, second, … start; the last one for all further
LASTING = 10.0  # seconds that a part has run after which it was well again, and its next death is the first one


class Revival:
    """The parts that have died; `clock` counts seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._deaths: dict[str, int] = {}
        self._began: dict[str, float] = {}
        self._due: dict[str, float] = {}

    def note(self, name: str) -> float | None:
        """A part is seen dead: the seconds until it may start again, or None when this death was noted already."""
        if name in self._due:
            return None
        now = self._clock()
        lasted = now - self._began.get(name, now) > LASTING
        count = 0 if lasted else self._deaths.get(name, 0)
        pause = PAUSES[min(count, len(PAUSES) - 1)]
        self._deaths[name], self._due[name] = count + 1, now + pause
        return pause

    def take(self, name: str) -> bool:
        """Whether the part may be started now; if so, its next death is a new one."""
        if self._due[name] > self._clock():
            return False
        del self._due[name]
        self._began[name] = self._clock()
        return True
