"""The merchant's lists at a million orders, and the archive of a month while the shop goes on.

    make bench BENCH=orders
    make bench BENCH=orders BENCH_ARGS="--orders 100000"
    make bench BENCH=orders BENCH_ARGS="--only lists"

Orders of three years are written once, by the database (`bench/order_data.py`). Lists are opened through the admin's
own views by Django's test client: server time, rendering and all, the median and the longest of some tries. Then a
month goes to the archive, while another process places and cancels twenty orders a second; its longest wait is told.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
os.environ |= {
    "DEBUG": "0",
    "PAYMENT_SANDBOX": "1",
    "STAFF_MFA_REQUIRED": "0",
    "RATE_LIMITS": "0",
    "LOG_FORMAT": "json",
}
os.environ |= {"SITE_URL": "http://127.0.0.1", "ALLOWED_HOSTS": "127.0.0.1,testserver", "SECRET_KEY": "bench" * 12}

import django

django.setup()

import logging  # noqa: E402

from django.apps import apps  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402

from bench import order_data  # noqa: E402
from checkout.archive import selectors as archive  # noqa: E402
from checkout.archive import services  # noqa: E402
from checkout.archive.models import ArchivedOrder  # noqa: E402
from checkout.orders import access  # noqa: E402
from checkout.orders.models import Order  # noqa: E402
from checkout.payments.models import Payment  # noqa: E402
from shop.accounts.models import User  # noqa: E402
from shop.core import db  # noqa: E402
from shop.local import addresses  # noqa: E402

RESULTS = addresses.CHECKOUT / "bench" / "results"
LIMIT_MS = 300.0
_LINK = re.compile(r'rel="(next|prev)" href="([^"]*)"')
_ROW = re.compile(r'href="[^"]*/([0-9a-f-]{36})/change/')
LISTS = ("order", "payment", "paymentevent", "refund", "capture", "shipment", "document", "return", "archivedorder")


class Lists:
    """Pages of the admin, opened as a merchant."""

    def __init__(self, tries: int) -> None:
        self.tries, self.client = tries, Client()
        self.client.force_login(
            User.objects.filter(email="bench@example.com").first()
            or User.objects.create_superuser("bench@example.com", "a long password")
        )
        self.rows: list[dict[str, Any]] = []

    def measure(self, name: str, url: str) -> Any:
        """Open `url` some times; a row of the table. Returns the last answer's list."""
        took: list[float] = []
        cpu = time.process_time()
        for _try in range(self.tries):
            began = time.perf_counter()
            answer = self.client.get(url)
            took.append((time.perf_counter() - began) * 1000)
            if answer.status_code != 200:
                raise SystemExit(f"{url} answers {answer.status_code}")
        cpu = (time.process_time() - cpu) * 1000 / self.tries
        with CaptureQueriesContext(connection) as queries:
            answer = self.client.get(url)
        html = answer.content.decode()
        row = {
            "page": name, "median_ms": round(statistics.median(took), 1), "longest_ms": round(max(took), 1),
            "queries": len(queries), "rows": len(set(_ROW.findall(html))),
            "cpu_ms": round(cpu, 1), "query_ms": max(round(float(query["time"]) * 1000) for query in queries),
        }  # fmt: skip
        self.rows.append(row)
        told = "".join(f"{row[key]:9}" for key in ("median_ms", "longest_ms", "cpu_ms", "query_ms", "queries", "rows"))
        print(f"{name:58}{told}{'' if row['longest_ms'] < LIMIT_MS else '  ← over'}", flush=True)
        return {way: unescape(link) for way, link in _LINK.findall(html)}

    def all(self) -> None:
        print(f"{'':58}{'ms':>9}{'longest':>9}{'cpu':>9}{'query':>9}{'queries':>9}{'rows':>9}")
        for _warm in range(2):
            self.client.get(reverse("admin:checkout_order_changelist"))
        for name in LISTS:
            self.pages(name)
        for name, query in _queries():
            self.measure(name, reverse(f"admin:checkout_{name.split(',')[0]}_changelist") + query)

    def pages(self, name: str) -> None:
        """The first pages, some in the middle, and the last ones, by their own links."""
        url = reverse(f"admin:checkout_{name}_changelist")
        links = self.measure(f"{name}, first page", url)
        for number in (2, 3):
            if "next" in links:
                links = self.measure(f"{name}, page {number}", url + links["next"])
        table = apps.get_model("checkout", name)._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT id FROM "{table}" TABLESAMPLE SYSTEM (1) LIMIT 1')
            found = cursor.fetchone()
        if found:
            links = self.measure(f"{name}, in the middle", f"{url}?p=after-{found[0]}")
            if "prev" in links:
                self.measure(f"{name}, before the middle", url + links["prev"])
        links = self.measure(f"{name}, last page", f"{url}?p=last")
        if "prev" in links:
            self.measure(f"{name}, before the last", url + links["prev"])
        self.measure(f"{name}, oldest first", f"{url}?o=2")


def _queries() -> Iterator[tuple[str, str]]:
    """Every filter and search that is offered: the list's name and what of it, and the address's query."""
    for field, states in (
        ("status", Order.Status.values), ("payment_state", Order.PaymentState.values),
        ("fulfilment_state", Order.FulfilmentState.values),
    ):  # fmt: skip
        yield from ((f"order, {field} {state}", f"?{field}__exact={state}") for state in states)
    yield from ((f"order, balance {one}", f"?balance={one}") for one in ("due", "owed"))
    yield from ((f"order, last {days} days", f"?days={days}") for days in (1, 7, 30, 365))
    for pair in ("status__exact=delivered&payment_state__exact=partly_refunded", "status__exact=cancelled&days=7",
                 "status__exact=delivered&fulfilment_state__exact=unfulfilled",
                 "payment_state__exact=due&fulfilment_state__exact=delivered",
                 "status__exact=delivered&balance=due&days=365"):  # fmt: skip
        yield f"order, {pair.replace('__exact', '')}", f"?{pair}"
    middle = Order.objects.filter(email__startswith="shopper1").order_by("id")[1000]
    tracking = middle.shipments.first()
    terms = {
        "number": middle.number, "number's digits": middle.number[4:], "number's beginning": middle.number[:-3],
        "year": middle.number[:8], "e-mail": middle.email, "e-mail's beginning": "shopper12", "first letter": "s",
        "surname": middle.shipping_address["last_name"], "whole name": f"ada+{middle.shipping_address['last_name']}",
        "surname of many": "lovelace", "name that nobody has": "nobody+nowhere", "nobody of a surname": "bob+lovelace",
        "nothing like it": "nobody@nowhere.example", "tracking number": tracking.tracking_number if tracking else "1Z",
    }  # fmt: skip
    for name, term in terms.items():
        yield f"order, search: {name}", f"?q={term}"
    reference = Payment.objects.filter(order=middle).values_list("reference", flat=True).first()
    yield from ((f"payment, status {one}", f"?status__exact={one}") for one in Payment.Status.values)
    yield from ((f"payment, provider {one}", f"?provider={one}") for one in ("stripe", "paypal", "invoice"))
    for name in ("payment", "paymentevent", "refund", "capture"):
        yield from ((f"{name}, search: {what}", f"?q={term}") for what, term in (
            ("order", middle.number), ("order's beginning", middle.number[:-3]), ("reference", reference)))  # fmt: skip
    yield from ((f"paymentevent, kind {one}", f"?kind={one}") for one in ("captured", "disputed"))
    yield from ((f"shipment, status {one}", f"?status__exact={one}") for one in ("open", "shipped", "delivered"))
    yield from (
        (f"shipment, search: {name}", f"?q={terms[name]}")
        for name in ("number", "number's beginning", "tracking number")
    )
    yield from ((f"document, kind {one}", f"?kind__exact={one}") for one in ("invoice", "credit_note"))
    yield "document, search: order", f"?q={middle.number}"
    yield "return, status settled", "?status__exact=settled"


def archive_month(batch: int) -> dict[str, Any]:
    """Move the month with the most orders while orders are placed; how long it takes and how long those wait."""
    now = db.clock()
    number = now.year * 12 + now.month - 1 - order_data.PEAK_AGO
    since, before = db.months(now.replace(year=number // 12, month=number % 12 + 1, day=1), 2)
    due = services.count_over(since=since, before=before)
    print(f"\n{since:%Y-%m}: {due:,} orders are to be archived.", flush=True)
    alone = _live(lambda: time.sleep(10))[1]
    moved: list[int] = []
    seconds, took = _live(lambda: moved.extend(services.archive(since=since, before=before, batch=batch, by="system")))
    figures = {
        "orders": sum(moved), "seconds": round(seconds, 1), "orders_a_second": round(sum(moved) / seconds),
        "placed_meanwhile": len(took), "median_ms": statistics.median(took), "longest_ms": max(took),
        "median_alone_ms": statistics.median(alone), "longest_alone_ms": max(alone), "batch": batch,
    }  # fmt: skip
    print(
        f"{figures['orders']:,} orders archived in {seconds:.1f} s "
        f"({figures['orders_a_second']:,}/s, {batch} at a time)."
    )
    print(f"Placing an order meanwhile: median {figures['median_ms']:.1f} ms, longest {figures['longest_ms']:.1f} ms "
          f"({len(took):,} orders); alone: {figures['median_alone_ms']:.1f} and {figures['longest_alone_ms']:.1f} ms.",
          flush=True)  # fmt: skip
    return figures


def _live(work: Any) -> tuple[float, list[float]]:
    """Seconds that `work` takes, and the milliseconds of each order that was placed meanwhile."""
    buyers = subprocess.Popen(
        [sys.executable, "bench/order_clients.py"], cwd=addresses.CHECKOUT, text=True, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        if buyers.stdout is None or buyers.stdout.readline().strip() != "ready":
            raise SystemExit("The buyers did not start.")
        began = time.perf_counter()
        work()
        seconds = time.perf_counter() - began
        return seconds, json.loads(buyers.communicate("\n")[0].splitlines()[-1])
    finally:
        buyers.kill()


def open_archived(lists: Lists) -> None:
    """Archived orders open in the shopper's page and in the admin."""
    row = ArchivedOrder.objects.order_by("id")[ArchivedOrder.objects.count() // 2]
    found = archive.order(row.number)
    if found is None:
        raise SystemExit(f"{row.number} is lost.")
    lists.measure("archived order, the shopper's page", access.url(found))
    lists.measure("archived order, the merchant's page", reverse("admin:checkout_archivedorder_change", args=[row.pk]))
    lists.measure(
        "archived orders, search: number", reverse("admin:checkout_archivedorder_changelist") + f"?q={row.number}"
    )
    lists.measure("order, search: an archived number", reverse("admin:checkout_order_changelist") + f"?q={row.number}")
    lists.pages("archivedorder")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=1_000_000, help="how many there are (1,000,000)")
    parser.add_argument("--tries", type=int, default=5, help="how often each page is opened (5)")
    parser.add_argument(
        "--batch", type=int, default=services.BATCH, help=f"orders archived at a time ({services.BATCH})"
    )
    parser.add_argument("--only", choices=["lists", "archive"])
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    call_command("migrate", interactive=False, verbosity=0)
    order_data.fill(options.orders)
    lists, figures = Lists(options.tries), {}
    if options.only != "archive":
        lists.all()
    if options.only != "lists":
        figures = archive_month(options.batch)
        open_archived(lists)
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "orders.json").write_text(json.dumps({"pages": lists.rows, "archive": figures}, indent=1))
    over = [row["page"] for row in lists.rows if row["median_ms"] >= LIMIT_MS]
    print(
        f"\n{len(lists.rows)} pages, {len(over)} of them over {LIMIT_MS:.0f} ms{': ' if over else ''}{', '.join(over)}."
    )
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
