# ruff: noqa: E402  (Django must know its settings before models are imported)
"""Packing slips and labels of many parcels in one PDF: seconds, pages and size of a whole print job.

    make bench BENCH=papers
    make bench BENCH=papers BENCH_ARGS="--parcels 500"

The job is asked for and drawn as a worker does: labels from the demo's carrier, progress noted in the database as it
goes, the file put away. The parcels are written for it and taken away again.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
PLACE = Path(tempfile.mkdtemp(prefix="papers-"))
os.environ |= {"CARRIERS": "demo", "CARRIER_FOLDER": str(PLACE / "carrier"), "PRIVATE_ROOT": str(PLACE / "files")}

import django

django.setup()

from io import BytesIO

from django.core.files.storage import storages
from django.core.management import call_command
from django.db import connections
from pypdf import PdfReader

from checkout.fulfilment.models import Shipment, ShipmentLine
from checkout.orders.models import Order, OrderLine
from checkout.warehouse import printing
from checkout.warehouse.models import PrintJob
from shop.core import db

LINES = 3
ADDRESS = {
    "first_name": "Łukasz", "last_name": "Ångström", "address1": "ul. Świętokrzyska 12/34", "city": "Warszawa",
    "postal_code": "00-001", "country": "PL", "phone": "+48221234567",
}  # fmt: skip


def parcels(count: int) -> list[Shipment]:
    """So many picked parcels of three lines each, and their orders."""
    orders = [_order(number) for number in range(1, count + 1)]
    Order.objects.bulk_create(orders)
    lines = [_line(order, position) for order in orders for position in range(1, LINES + 1)]
    OrderLine.objects.bulk_create(lines)
    shipments = [Shipment(order=order, number=f"{order.number}-1", status="picked") for order in orders]
    Shipment.objects.bulk_create(shipments)
    by_order = {one.order_id: one for one in shipments}
    ShipmentLine.objects.bulk_create(
        ShipmentLine(
            shipment=by_order[line.order_id], order_line=line, order_id=line.order_id, quantity=line.quantity,
            picked=line.quantity,
        )
        for line in lines
    )  # fmt: skip
    return shipments


def _order(number: int) -> Order:
    return Order(
        number=f"ORD-9999{number:06d}", status="ready_to_ship", fulfilment_state="picked", currency="EUR",
        email="bench@example.com", delivery_option="standard", delivery_name="Standard", subtotal_minor=6000,
        total_minor=6000, captured_minor=6000, secured_minor=6000, shipping_address=ADDRESS,
        idempotency_key=f"bench-papers-{number}",
    )  # fmt: skip


def _line(order: Order, position: int) -> OrderLine:
    return OrderLine(
        order=order, position=position, product_id=db.uuid7(), variant_id=db.uuid7(), sku=f"SKU-{position:05d}-BLUE",
        name=f"Wool blanket number {position}, hand woven", options={"Colour": "Blue", "Size": "Large"},
        quantity=position, unit_price_minor=1000, total_minor=1000 * position,
    )  # fmt: skip


def watch(job: PrintJob, seen: list[int], is_over: threading.Event) -> None:
    """What the job's page would show meanwhile, from another connection."""
    while not is_over.wait(0.25):
        seen.append(PrintJob.objects.values_list("done", flat=True).get(pk=job.pk))
    connections.close_all()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parcels", type=int, default=200)
    count = parser.parse_args().parcels
    call_command("migrate", verbosity=0, interactive=False)
    Order.objects.filter(idempotency_key__startswith="bench-papers-").delete()
    shipments = parcels(count)
    try:
        job = printing.ask(kind="both", shipment_ids=[one.pk for one in shipments], by="system")
        seen, is_over = [], threading.Event()
        watcher = threading.Thread(target=watch, args=(job, seen, is_over))
        watcher.start()
        began, cpu = time.perf_counter(), time.process_time()
        printing.draw(job_id=job.pk)
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
        is_over.set()
        watcher.join()
        job.refresh_from_db()
        with storages["private"].open(job.file) as file:
            content = file.read()
    finally:
        Order.objects.filter(idempotency_key__startswith="bench-papers-").delete()
        PrintJob.objects.filter(actor="system").delete()
    pages = len(PdfReader(BytesIO(content)).pages)
    size = f"{pages} pages, {len(content) / 1e6:.2f} MB"
    print(f"{count} packing slips and {count} labels: {seconds:.1f} s ({cpu:.1f} s of CPU), {size}")
    print(f"progress seen meanwhile: {', '.join(map(str, seen)) or '–'} of {job.total}; problems: {len(job.problems)}")
    return 0 if job.status == "done" and not job.problems else 1


if __name__ == "__main__":
    sys.exit(main())
