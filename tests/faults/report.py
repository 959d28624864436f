"""How often a race is run, how its threads are shaken, and the table that `make test-faults` ends with.

A test belongs to a fault by its name: `test_F23_…`; one with `control` in its name is a negative control, which passes
only if it has seen the fault. `for schedule in schedules(...)` runs a race under random schedules:

    def test_F23_cancel_and_ship_at_once_one_wins(schedules):
        for _schedule in schedules(long=200):      # 3 in `make test`, 200 in `make test-faults`
            order = paid()
            outcomes = together([...])             # its threads pause at random before random statements
            assert ...

Who sets no `FAULT_RUNS=long` gets the quick form of everything.
"""

from __future__ import annotations

import os
import random
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

LONG = os.environ.get("FAULT_RUNS") == "long"
SHARE = 0.15  # of the statements of a shaken thread wait before they are sent
PAUSE = 0.004  # seconds, at most

_NAME = re.compile(r"test_(F\d\d)_")


@dataclass
class Schedule:
    """One random schedule: every thread pauses at moments of its own, drawn from `seed` and the thread's number."""

    seed: int

    @contextmanager
    def shaken(self, thread: int) -> Iterator[None]:
        """Let this thread's connections pause before some of their statements."""
        from django.db import connections

        from shop.core import db

        rng = random.Random(f"{self.seed} {thread}")

        def pause(execute: Callable[..., Any], *statement: Any) -> Any:
            if rng.random() < SHARE:
                time.sleep(rng.random() * PAUSE)
            return execute(*statement)

        with ExitStack() as stack:
            for alias in db.databases():
                stack.enter_context(connections[alias].execute_wrapper(pause))
            time.sleep(rng.random() * PAUSE)
            yield


current: Schedule | None = None  # what `race.together` shakes its threads with


@pytest.fixture
def schedules(record_property: Callable[[str, object], None]) -> Iterator[Callable[..., Iterator[Schedule]]]:
    """`schedules(quick=3, long=200)`: so many random schedules, one after another; each is in force until the next."""
    run = 0

    def each(*, quick: int = 3, long: int = 200) -> Iterator[Schedule]:
        global current
        nonlocal run
        for _ in range(long if LONG else quick):
            run += 1
            current = Schedule(random.getrandbits(48))
            yield current

    yield each
    globals()["current"] = None
    record_property("schedules", run)


def shaken(thread: int) -> Any:
    """The current schedule's shaking for a thread, or none."""
    return current.shaken(thread) if current else ExitStack()


# --- the table


@dataclass
class Row:
    tests: int = 0
    schedules: int = 0
    violations: list[str] = field(default_factory=list)
    controls: list[bool] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    seconds: float = 0.0


def table(reports: dict[str, list[Any]]) -> list[str]:
    """The lines of the table, from what pytest's terminal reporter has gathered."""
    rows: dict[str, Row] = defaultdict(Row)
    extra: list[str] = []
    for outcome, found in reports.items():
        for report in found:
            if getattr(report, "when", "call") == "call" or outcome in ("skipped", "error"):
                _count(rows, extra, outcome, report)
    lines = [
        f"{'fault':<6}{'tests':>6}{'schedules':>11}{'violations':>12}  {'negative control seen':<24}{'seconds':>8}"
    ]
    for name, row in sorted(rows.items()):
        seen = "none needed" if not row.controls else f"yes ({len(row.controls)})" if all(row.controls) else "NO"
        lines.append(
            f"{name:<6}{row.tests:>6}{row.schedules:>11}{len(row.violations):>12}  {seen:<24}{row.seconds:>8.1f}"
        )
        lines += [f"      violated: {test}" for test in row.violations]
        lines += [f"      skipped: {why}" for why in dict.fromkeys(row.skipped)]
    return lines + extra


def _count(rows: dict[str, Row], extra: list[str], outcome: str, report: Any) -> None:
    properties = dict(getattr(report, "user_properties", ()))
    if "operations" in properties:
        extra.append(f"operations {properties['operations']}")
    if "figures" in properties:
        extra.append(str(properties["figures"]))
    found = _NAME.search(getattr(report, "nodeid", ""))
    if not found:
        return
    row, name = rows[found.group(1)], report.nodeid.rpartition("::")[2]
    if outcome == "skipped":
        row.skipped.append(str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else "")
        return
    row.tests += 1
    row.seconds += report.duration
    if "control" in name:
        row.controls.append(outcome == "passed")
        return
    row.schedules += max(1, int(properties.get("schedules", 1)))
    if outcome != "passed":
        row.violations.append(name)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the table, in the long run."""
    if not LONG:
        return
    stats = {name: terminalreporter.stats.get(name, []) for name in ("passed", "failed", "error", "skipped")}
    terminalreporter.section("faults")
    for text in table(stats):
        terminalreporter.write_line(text)
