"""F29, F30: Redis forgets everything, then is killed with -9. Whatever matters is in PostgreSQL."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import pytest
import redis

from tests.faults.private import PrivateShop, private_shop
from tests.faults.report import LONG
from tests.faults.shoppers import Answer, ask
from tests.journeys.running import eventually

pytestmark = [pytest.mark.fault, pytest.mark.skipif(not LONG, reason="only in make test-faults")]
SHOPPERS = 20
PAGES = ("/", "/products/", "/cart/", "/products/?q=product", "/account/login/", "/api/products/", "/health/ready")
PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def shop() -> Iterator[PrivateShop]:
    with private_shop() as running:
        yield running


class Visitor:
    """Somebody with a browser's cookies."""

    def __init__(self, url: str) -> None:
        self.url, self.cookies = url, {}  # type: ignore[var-annotated]

    def ask(self, method: str, path: str, **form: str) -> Answer:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if form:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Referer": self.url}
        answer = ask(self.url, method, path, urlencode(form) if form else None, headers)
        self.cookies |= answer.cookies
        return answer

    def sign_in(self, email: str) -> None:
        page = self.ask("GET", "/account/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.body)
        assert token, page.body[:500]
        answer = self.ask("POST", "/account/login/", login=email, password=PASSWORD, csrfmiddlewaretoken=token.group(1))
        assert answer.status == 302, answer.body[:2000]

    def is_signed_in(self) -> bool:
        return self.ask("GET", "/account/").status == 200


class Traffic:
    """Pages asked for without pause in a thread of its own."""

    def __init__(self, url: str) -> None:
        self.url, self.answers, self.is_over = url, [], threading.Event()  # type: ignore[var-annotated]
        self.thread = threading.Thread(target=self._run)

    def __enter__(self) -> Traffic:
        self.thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.is_over.set()
        self.thread.join()

    def _run(self) -> None:
        while not self.is_over.is_set():
            for path in PAGES:
                self.answers.append((path, ask(self.url, "GET", path)))

    def wrong(self) -> list[tuple[str, object]]:
        return [(path, answer.status) for path, answer in self.answers if answer.status != 200]

    def slowest(self) -> float:
        return max(answer.ended - answer.began for _path, answer in self.answers)


def test_F29_redis_is_flushed_and_killed_and_no_cart_order_or_session_is_lost(
    shop: PrivateShop, record_property: Callable[[str, object], None]
) -> None:
    shop.python("-m", "tests.faults.goods", "customer")
    ada = Visitor(shop.url)
    ada.sign_in("ada@example.com")
    crowd = shop.crowd(SHOPPERS)
    held = shop.rows("SELECT count(*) FROM cart_cart WHERE status = 'open'")

    with Traffic(shop.url) as traffic:
        redis.Redis.from_url(shop.env["REDIS_URL"]).flushall()
        assert ada.is_signed_in()
        assert shop.rows("SELECT count(*) FROM cart_cart WHERE status = 'open'") == held

        crowd.start(spread=0.05)
        crowd.until_ordered(3)
        dead = shop.pid("valkey")
        killed = shop.kill("valkey")
        assert ada.is_signed_in()
        assert eventually(lambda: shop.is_back("valkey", dead), seconds=30)
        back = time.monotonic() - killed
        crowd.wait()

    assert traffic.wrong() == []
    assert crowd.faults() == []
    assert len(crowd.orders) == SHOPPERS
    assert ada.is_signed_in()
    shop.settle()
    assert shop.missing(crowd.orders.values()) == []
    assert shop.violations() == ""
    record_property(
        "figures",
        f"F29: Redis back after {back:.1f} s; {len(traffic.answers)} pages meanwhile, none failed, "
        f"slowest {traffic.slowest():.1f} s; slowest order {crowd.slowest():.1f} s",
    )


def test_F30_with_a_broker_that_stays_dead_pages_stand_and_its_messages_are_sent_later(
    shop: PrivateShop, record_property: Callable[[str, object], None]
) -> None:
    """One after the other they order (a line would wait for the workers): not one message goes out, all are paid."""
    crowd = shop.crowd(5)
    with shop.held_down("valkey"), Traffic(shop.url) as traffic:
        crowd.start(spread=2)
        crowd.wait()
        assert len(crowd.orders) == 5
        assert shop.missing(crowd.orders.values()) == sorted(crowd.orders.values())
    healed = time.monotonic()
    shop.settle()
    record_property(
        "figures",
        f"F30: {len(traffic.answers)} pages without Redis, slowest {traffic.slowest():.1f} s; slowest order "
        f"{crowd.slowest():.1f} s; all paid {time.monotonic() - healed:.0f} s after it may run again",
    )
    assert traffic.wrong() == []
    assert crowd.faults() == []
    assert shop.missing(crowd.orders.values()) == []
    assert shop.violations() == ""
