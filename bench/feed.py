# ruff: noqa: E402  (Django must know its settings before models are imported)
"""How fast the product feed is made, and how much memory that takes, as the catalogue grows.

    make bench BENCH=feed
    make bench BENCH=feed BENCH_ARGS="--sizes 10000,100000"

Catalogues are made by `generate_catalog`; each product gets an address of a picture, without which it would not be
listed. The feed is made as the timetable does it, file and all. Memory is the peak of what Python holds beyond what it
held before (tracemalloc, in a second run: it takes time), and the growth of the whole process in the first.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import time
import tracemalloc
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
os.environ |= {"DEBUG": "0", "PAYMENT_SANDBOX": "1", "LOG_FORMAT": "json", "MEDIA_ROOT": tempfile.mkdtemp("feed")}
os.environ |= {"SITE_URL": "http://127.0.0.1", "ALLOWED_HOSTS": "127.0.0.1", "SECRET_KEY": "bench" * 12}

from bench import databases

databases.own("bench_feed", anew=True)

import django

django.setup()

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management import call_command

from catalog.merchantfeed import services
from catalog.products.models import Image, Product
from shop.core import db

SEED = 4


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--sizes", default="10000,100000")
    sizes = [int(size) for size in given.parse_args().sizes.split(",")]
    call_command("migrate", verbosity=0)
    named = ("products", "variants", "seconds", "variants/s", "file MB", "peak MB", "grew MB")
    print(" ".join(f"{name:>10}" for name in named))
    for size in sorted(sizes):
        call_command("generate_catalog", products=size, seed=SEED, verbosity=0)
        _pictures()
        print(_measured(size), flush=True)


def _pictures() -> None:
    without = Product.objects.filter(images__isnull=True).values_list("pk", flat=True)
    rows = (Image(id=db.uuid7(), product_id=key, remote_url=f"https://img.example/{key}.jpg") for key in without)
    Image.objects.bulk_create(rows, batch_size=5000)


def _measured(size: int) -> str:
    before, began = _resident(), time.perf_counter()
    feed = services.make(settings.DEFAULT_CURRENCY)
    took = time.perf_counter() - began
    assert feed is not None
    grown = _resident() - before
    tracemalloc.start()
    services.make(settings.DEFAULT_CURRENCY)
    _held, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    megabytes = default_storage.size(feed.name) / 1e6
    told = (f"{size:,}", f"{feed.items:,}", f"{took:.1f}", f"{feed.items / took:,.0f}", f"{megabytes:.1f}")
    return " ".join(f"{one:>10}" for one in (*told, f"{peak / 1e6:.1f}", f"{grown:.1f}"))


def _resident() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


if __name__ == "__main__":
    main()
