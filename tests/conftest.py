"""What every test stands on: real PostgreSQL and Redis, all databases, no network beyond this machine, no broker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from tests.faults import report
from tests.faults.report import pytest_sessionfinish, pytest_terminal_summary, schedules

__all__ = ["pytest_sessionfinish", "pytest_terminal_summary", "schedules"]


class OneShop(LoadScopeScheduling):
    """Each test goes to whichever worker is free, but all journeys to the same one: they share a running shop."""

    def _split_scope(self, nodeid: str) -> str:
        return "journeys" if nodeid.startswith("tests/journeys/") else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> OneShop:
    return OneShop(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test that touches the database may touch all of them: the suite also runs on three."""
    for item in items:
        for marker in item.iter_markers("django_db"):
            marker.kwargs.setdefault("databases", "__all__")
    if report.LONG:
        report.longest_first(items)


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
def _clean_cache() -> Iterator[None]:
    cache.delete_pattern("*")
    yield
    cache.delete_pattern("*")


@pytest.fixture(autouse=True, scope="session")
def _loopback_only() -> None:
    import pytest_socket

    pytest_socket.socket_allow_hosts(["127.0.0.1", "localhost", "::1"], allow_unix_socket=True)


@pytest.fixture
def shop_sandbox(settings: object) -> Iterator[object]:
    """A payment sandbox (`tests.fakes.sandbox.RunningSandbox`) that the shop's own Stripe and PayPal talk to."""
    from checkout.payments import providers
    from tests.fakes.sandbox import running_sandbox

    with running_sandbox() as running:
        settings.STRIPE_API_BASE = running.url  # type: ignore[attr-defined]
        settings.PAYPAL_API_BASE = f"{running.url}/paypal"  # type: ignore[attr-defined]
        providers.provider.cache_clear()
        _close_circuits()
        yield running
    providers.provider.cache_clear()
    _close_circuits()


def _close_circuits() -> None:
    from checkout.payments import calls
    from shop.resilience import breaker

    for code in ("stripe", "paypal"):
        breaker.reset(calls.circuit(code))
        breaker.reset(f"{calls.circuit(code)}.webhooks")
