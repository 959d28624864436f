"""How often a race is run, how its threads are shaken, and the table that `make test-faults` ends with.

A test belongs to a fault by its name: `test_F23_…`; one with `control` in its name is a negative control, which passes
only if it has seen the fault. `for schedule in schedules(...)` runs a race under random schedules:

    def test_F23_cancel_and_ship_at_once_one_wins(schedules):
        for _schedule in schedules(long=200):      # 3 in `make test`, 200 in `make test-faults`
            order = paid()
            outcomes = together([...])             # its threads pause at random before random statements
            assert ...

Who sets no `FAULT_RUNS=long` gets the quick form of everything. `FAULT_SEED=…` (the table names the one that failed)
makes that schedule the first one of every race.
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

from tests.faults.catalogue import FAULTS, Fault

FIRST = os.environ.get("FAULT_SEED", "")
LONG = os.environ.get("FAULT_RUNS") == "long"
SHARE = 0.15  # of the statements of a shaken thread wait before they are sent
PAUSE = 0.004  # seconds, at most

_NAME = re.compile(r"test_(F\d\d)_")
_LONGEST = (
    "test_F35_no",
    "test_F21_refunds_race",
    "adds_up[0]",
    "test_F28_",
    "test_F40_everybody",
    "test_F24_many",
)


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
    """`schedules(quick=3, long=200)`: so many random schedules, one after another; each is in force until the next.

    Races of two or three parties take 200 in the long run; of a crowd, or of F21 and F23 between further parties, for
    each of which a whole order and its parcels are made, 50; the big ones (F01, F02, F28, F35, F40) 10: all of them are
    to take less than 40 minutes on two processors.
    """
    run = 0

    def each(*, quick: int = 3, long: int = 200) -> Iterator[Schedule]:
        global current
        nonlocal run
        for _ in range(long if LONG else quick):
            run += 1
            current = Schedule(int(FIRST) if FIRST and run == 1 else random.getrandbits(48))
            yield current

    yield each
    record_property("schedules", run)
    record_property("seed", current.seed if current else "")
    globals()["current"] = None


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


def table(reports: dict[str, list[Any]]) -> tuple[list[str], list[str]]:
    """The lines of the table from what pytest's terminal reporter has gathered, and what makes the run a failure."""
    rows: dict[str, Row] = defaultdict(Row)
    extra: list[str] = []
    ended = [report for report in reports.get("", ()) if getattr(report, "when", "") == "teardown"]
    told = {report.nodeid: dict(report.user_properties) for report in ended}  # by then the fixture has said all
    for outcome, found in reports.items():
        for report in found:
            if getattr(report, "when", "call") == "call" or outcome in ("skipped", "error"):
                _count(rows, extra, outcome, report, told)
    lines = [f"{'':<5}{'fault':<52}{'tests':>5}{'schedules':>10}{'violations':>11}  {'control seen':<13}{'seconds':>8}"]
    wrong: list[str] = []
    for name, fault in FAULTS.items():
        row = rows[name]
        if fault.absent:
            lines.append(f"{name:<5}{fault.what:<52}  {fault.absent}")
            continue
        if not row.tests and not row.skipped:
            wrong.append(f"{name}: no test ran")
        seen = _control(fault, row)
        if row.tests and seen.startswith("NO"):
            wrong.append(f"{name}: its negative control was not seen")
        counts = f"{row.tests:>5}{row.schedules:>10}{len(row.violations):>11}"
        lines.append(f"{name:<5}{fault.what[:51]:<52}{counts}  {seen:<13}{row.seconds:>8.1f}")
        lines += [f"       violated: {test}" for test in row.violations]
        lines += [f"       skipped: {why}" for why in dict.fromkeys(row.skipped)]
    lines += [f"{name:<5}no control: {fault.control}" for name, fault in FAULTS.items() if fault.control]
    return lines + extra, wrong


def _control(fault: Fault, row: Row) -> str:
    if row.controls:
        return f"yes ({len(row.controls)})" if all(row.controls) else "NO"
    return "not needed" if fault.control else "NO (none)"


def _count(rows: dict[str, Row], extra: list[str], outcome: str, report: Any, told: dict[str, dict[str, Any]]) -> None:
    properties = dict(getattr(report, "user_properties", ())) | told.get(getattr(report, "nodeid", ""), {})
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
        row.violations.append(f"{name} (schedule {properties['seed']})" if properties.get("seed") else name)


def _reports(reporter: Any) -> dict[str, list[Any]]:
    return {name: reporter.stats.get(name, []) for name in ("", "passed", "failed", "error", "skipped")}


def longest_first(items: list[pytest.Item]) -> None:
    """Order the tests so that in the end no process waits for another; and never are two whole shops killed at once."""
    ranks = {item: next((rank for rank, name in enumerate(_LONGEST) if name in item.name), 99) for item in items}
    items.sort(key=lambda item: ranks[item])


def pytest_terminal_summary(terminalreporter: Any, exitstatus: int, config: pytest.Config) -> None:
    """Print the table, in the long run; a fault without a test or a control makes it a failure."""
    if not LONG:
        return
    lines, wrong = table(_reports(terminalreporter))
    terminalreporter.section("faults")
    for text in [*lines, *wrong]:
        terminalreporter.write_line(text)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """The exit status of the long run (of the process that gathers the others' reports)."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if not LONG or reporter is None or hasattr(session.config, "workerinput") or session.config.option.collectonly:
        return
    _lines, wrong = table(_reports(reporter))
    if wrong and session.exitstatus == 0:
        session.exitstatus = 1
