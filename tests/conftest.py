"""What every test stands on: real PostgreSQL and Redis, all databases, no network beyond this machine, no broker."""

from __future__ import annotations

import gc
import os
from collections.abc import Generator, Iterator
from typing import Any

import hypothesis
import pytest
from pytest_django import DjangoDbBlocker
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

from tests.counting import counting
from tests.faults import report
from tests.faults.report import pytest_sessionfinish, pytest_terminal_summary, schedules

__all__ = ["counting", "pytest_sessionfinish", "pytest_terminal_summary", "schedules"]


# What runs a whole shop: journeys share one, and a test that kills another comes after them.
WHOLE_SHOPS = ("tests/journeys/", *(() if report.LONG else ("tests/faults/test_postgres_killed.py",)))
# What takes ten seconds and more begins next, so that in the end nobody waits for a worker that has come to it last.
LONG_ONES = (
    "tests/faults/test_operations.py", "tests/checkout/test_receivers.py", "tests/checkout/test_life_of_an_order.py",
    "tests/faults/", "tests/shop/local/", "tests/checkout/archive/",
)  # fmt: skip
AHEAD = 3  # tests that a worker knows of besides the one that it runs

# A machine that is busy fails no test. `EXAMPLES=10000`: of property tests that do not say how many they want
# (`tests.factories.drawn.examples`)
EXAMPLES = {"max_examples": int(os.environ["EXAMPLES"])} if "EXAMPLES" in os.environ else {}
hypothesis.settings.register_profile(
    "patient",
    hypothesis.settings.default,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
    **EXAMPLES,
)
hypothesis.settings.load_profile("patient")


class OneShop(LoadScopeScheduling):
    """Each test goes to whichever worker is free, but whole shops to the same one, which begins with them; and those
    that read all of the code to the same one.
    """

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(WHOLE_SHOPS):
            return "whole shops"
        return "conventions" if nodeid.startswith("tests/conventions/") else nodeid

    def mark_test_complete(self, node: WorkerController, item_index: int, duration: float = 0) -> None:
        super().mark_test_complete(node, item_index, duration)
        assigned = self.assigned_work[node]  # what is done is forgotten: it would be counted again after each test
        for scope in [scope for scope, tests in assigned.items() if all(tests.values())]:
            del assigned[scope]

    def _reschedule(self, node: WorkerController) -> None:
        """Tell a worker of more tests before it has run out of them, so that it never waits for us."""
        if node.shutting_down:
            return
        ahead = AHEAD if len(self.workqueue) > AHEAD * len(self.nodes) else 1  # the last ones are shared fairly
        while self.workqueue and self._pending_of(self.assigned_work[node]) <= ahead:
            self._assign_work_unit(node)
        if not self.workqueue:
            node.shutdown()


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> OneShop:
    return OneShop(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """One more than there are processors: tests wait for servers, browsers, killed shops and each other."""
    number = yield
    return number if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ else number + 1


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test that touches the database may touch all of them: the suite also runs on three."""
    for item in items:
        for marker in item.iter_markers("django_db"):
            marker.kwargs.setdefault("databases", "__all__")
    if report.LONG:
        report.longest_first(items)
    else:
        items.sort(key=_place)


def _place(item: pytest.Item) -> tuple[int, bool, int]:
    """Whole shops first, one after the other; what commits last, as it wipes what the migrations wrote; in both groups
    what takes long goes ahead.
    """
    marker = item.get_closest_marker("django_db")
    commits = marker is not None and bool(marker.kwargs.get("transaction"))
    return _first(WHOLE_SHOPS, item), commits, _first(LONG_ONES, item)


def _first(starts: tuple[str, ...], item: pytest.Item) -> int:
    return next((place for place, start in enumerate(starts) if item.nodeid.startswith(start)), len(starts))


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_blocker: DjangoDbBlocker,
    django_db_keepdb: bool,
) -> Iterator[None]:
    """Workers of one run copy a database that is migrated once; otherwise it is as pytest-django has it."""
    run = getattr(request.config, "workerinput", {}).get("testrunuid")
    if run is None or django_db_keepdb:
        yield request.getfixturevalue("django_db_setup")
        return
    from tests.databases import Copies

    with django_db_blocker.unblock():
        copies = Copies(run)
        copies.make()
    yield
    with django_db_blocker.unblock():
        copies.drop()


def pytest_collection_finish() -> None:
    """What is there before the first test stays: the collector of garbage need not look through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)  # rows and queries come and go by the thousand, hardly ever in circles


@pytest.fixture(autouse=True, scope="session")
def _wiped_quickly() -> None:
    """Tests that commit leave empty tables behind, as Django has it, only sooner."""
    from django.test import TransactionTestCase

    from tests import wiping

    TransactionTestCase._fixture_teardown = wiping.quickly


@pytest.fixture(autouse=True, scope="session")
def _no_broker() -> None:
    """Tasks are run by the tests that mean them (`tests.outbox.drain`); sending one to a queue does nothing."""
    from shop.celery import app

    app.conf.broker_url = "memory://"


@pytest.fixture(autouse=True, scope="session")
def _carrier_folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What the demo's carrier is told of in tests is not left in the shop's own folder."""
    from django.conf import settings

    settings.CARRIER_FOLDER = tmp_path_factory.mktemp("carrier")


@pytest.fixture(autouse=True, scope="session")
def _static_files_are_looked_up() -> None:
    """One by one, when they are asked for; else each test's client would begin with reading them all."""
    from django.conf import settings

    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(autouse=True)
def _clean_redis() -> None:
    """No page, count or open circuit of the tests before is left in this worker's part of Redis, which all share."""
    from django.conf import settings
    from django_redis import get_redis_connection

    from shop.core import kept

    redis = get_redis_connection("default")
    if keys := list(redis.scan_iter(f"*{settings.CACHES['default']['KEY_PREFIX']}:*", count=1000)):
        redis.delete(*keys)
    kept.memory.clear()
    kept._asked.clear()


@pytest.fixture(autouse=True, scope="session")
def _loopback_only() -> None:
    import pytest_socket

    pytest_socket.socket_allow_hosts(["127.0.0.1", "localhost", "::1"], allow_unix_socket=True)


@pytest.fixture
def pages_are_kept(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Pages are kept as in a running shop, and looked at each time instead of once a second."""
    from shop.core import kept

    settings.KEEP_PAGES = True
    monkeypatch.setattr(kept, "TRUSTED", 0)
    yield
    kept.memory.clear()


@pytest.fixture
def shop_sandbox(settings: object) -> Iterator[object]:
    """A payment sandbox (`tests.fakes.sandbox.RunningSandbox`) that the shop's own Stripe and PayPal talk to."""
    from checkout.payments import providers
    from tests.fakes.sandbox import running_sandbox

    with running_sandbox() as running:
        settings.STRIPE_API_BASE = running.url  # type: ignore[attr-defined]
        settings.PAYPAL_API_BASE = f"{running.url}/paypal"  # type: ignore[attr-defined]
        providers.provider.cache_clear()
        yield running
    providers.provider.cache_clear()


@pytest.fixture
def elasticsearch(settings: object) -> Iterator[None]:
    """The shop has an Elasticsearch, which holds nothing yet."""
    from tests import elastic

    with elastic.shop(settings):
        yield
