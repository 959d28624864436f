"""The Celery application: where tasks are, and the beat timetable."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")

app = Celery("shop")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.imports = (
    "shop.events.tasks",
    "shop.audit.tasks",
    "shop.notifications.tasks",
    "inventory.stock.tasks",
    "inventory.reservations.tasks",
    "catalog.products.tasks",
    "catalog.search.tasks",
    "cart.carts.tasks",
    "checkout.payments.tasks",
    "checkout.purchase.tasks",
)
app.conf.beat_schedule = {
    "events.sweep": {"task": "shop.events.tasks.sweep", "schedule": 10.0},
    "events.partitions": {"task": "shop.events.tasks.ensure_partitions", "schedule": crontab(hour=3, minute=5)},
    "audit.seal": {"task": "shop.audit.tasks.seal", "schedule": 60.0},
    "notifications.sweep": {"task": "shop.notifications.tasks.sweep", "schedule": 30.0},
    "reservations.expire": {"task": "inventory.reservations.tasks.expire", "schedule": 15.0},
    "prices.refresh": {"task": "catalog.products.tasks.refresh_prices", "schedule": 60.0},
    "search.repair": {"task": "catalog.search.tasks.repair", "schedule": crontab(hour=3, minute=35)},
    "carts.expire": {"task": "cart.carts.tasks.expire", "schedule": 600.0},
    "payments.settle": {"task": "checkout.payments.tasks.settle_open", "schedule": 30.0},
    "purchase.forget": {
        "task": "checkout.purchase.tasks.forget_stale_details",
        "schedule": crontab(hour=3, minute=35),
    },
    "purchase.cancel_unpaid": {"task": "checkout.purchase.tasks.cancel_unpaid", "schedule": 30.0},
}
