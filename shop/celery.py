"""The Celery application: where tasks are, and the beat timetable."""

import os
import sys
from typing import Any

from celery import Celery
from celery import Task as BaseTask
from celery.schedules import crontab
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")


class Task(BaseTask):
    """A task that gives its connections back to the process's pool at its end, as a request does.

    Celery would close the whole pool before and after each task, and opening a connection costs more than most tasks.
    """

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().__call__(*args, **kwargs)
        finally:
            if not self.request.called_directly:
                close_old_connections()


app = Celery("shop", task_cls=Task)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf["CELERY_DB_REUSE_MAX"] = sys.maxsize  # read by Celery's part for Django: leave connections alone
app.conf.imports = (
    "shop.events.tasks",
    "shop.audit.tasks",
    "shop.notifications.tasks",
    "shop.currencies.tasks",
    "inventory.stock.tasks",
    "inventory.reservations.tasks",
    "inventory.waitlist.tasks",
    "inventory.feeds.tasks",
    "inventory.drift.tasks",
    "catalog.products.tasks",
    "catalog.search.tasks",
    "catalog.recommendations.tasks",
    "catalog.restock.tasks",
    "catalog.merchantfeed.tasks",
    "cart.carts.tasks",
    "cart.promotions.tasks",
    "cart.tax.tasks",
    "checkout.feedback.tasks",
    "checkout.fulfilment.tasks",
    "checkout.payments.tasks",
    "checkout.reconciliation.tasks",
    "checkout.purchase.tasks",
    "checkout.drafts.tasks",
    "checkout.archive.tasks",
    "checkout.giftcards.tasks",
    "checkout.warehouse.tasks",
    "checkout.simulation.tasks",
)
app.conf.beat_schedule = {
    "events.sweep": {"task": "shop.events.tasks.sweep", "schedule": 10.0},
    "events.partitions": {"task": "shop.events.tasks.ensure_partitions", "schedule": crontab(hour=3, minute=5)},
    "events.forget": {"task": "shop.events.tasks.forget", "schedule": crontab(hour=3, minute=15)},
    "audit.seal": {"task": "shop.audit.tasks.seal", "schedule": 60.0},
    "currencies.update": {"task": "shop.currencies.tasks.update_rates", "schedule": crontab(hour=16, minute=40)},
    "notifications.sweep": {"task": "shop.notifications.tasks.sweep", "schedule": 30.0},
    "reservations.expire": {"task": "inventory.reservations.tasks.expire", "schedule": 15.0},
    "stock.close_orders": {"task": "inventory.stock.tasks.close_orders", "schedule": 60.0},
    "stock.find_low": {"task": "inventory.stock.tasks.find_low", "schedule": crontab(minute=20)},
    "stock.check": {"task": "inventory.drift.tasks.run", "schedule": crontab(hour=3, minute=45)},
    "feeds.forget": {"task": "inventory.feeds.tasks.forget_old", "schedule": crontab(hour=3, minute=25)},
    "waitlist.sweep": {"task": "inventory.waitlist.tasks.sweep", "schedule": 30.0},
    "prices.refresh": {"task": "catalog.products.tasks.refresh_prices", "schedule": 3.0},
    "search.copy": {"task": "catalog.search.tasks.copy_changes", "schedule": 10.0},
    "search.warm": {"task": "catalog.search.tasks.warm_pages", "schedule": 300.0},
    "search.repair": {"task": "catalog.search.tasks.repair", "schedule": crontab(hour=3, minute=35)},
    "search.recount": {"task": "catalog.search.tasks.recount_words", "schedule": 600.0},
    "search.forget": {"task": "catalog.search.tasks.forget_searches", "schedule": crontab(hour=3, minute=50)},
    "recommendations.count": {"task": "catalog.recommendations.tasks.count_new", "schedule": 60.0},
    "recommendations.profiles": {"task": "catalog.recommendations.tasks.refresh_profiles", "schedule": 60.0},
    "recommendations.trends": {"task": "catalog.recommendations.tasks.refresh_trends", "schedule": 600.0},
    "recommendations.rebuild": {
        "task": "catalog.recommendations.tasks.rebuild",
        "schedule": crontab(hour=2, minute=35),
    },
    "merchantfeed.refresh": {"task": "catalog.merchantfeed.tasks.refresh", "schedule": 300.0},
    "restock.forget": {"task": "catalog.restock.tasks.forget_ended", "schedule": crontab(hour=3, minute=55)},
    "promotions.finish_batches": {"task": "cart.promotions.tasks.finish_batches", "schedule": 600.0},
    "simulations.resume": {"task": "checkout.simulation.tasks.resume", "schedule": 600.0},
    "carts.expire": {"task": "cart.carts.tasks.expire", "schedule": 600.0},
    "feedback.ask": {"task": "checkout.feedback.tasks.ask", "schedule": crontab(minute=40)},
    "parcels.poll": {"task": "checkout.fulfilment.tasks.poll_carriers", "schedule": 30.0},
    "parcels.end_waiting": {"task": "checkout.fulfilment.tasks.end_waiting", "schedule": 60.0},
    "payments.remind": {"task": "checkout.payments.tasks.remind_of_invoices", "schedule": crontab(hour=9, minute=10)},
    "payments.settle": {"task": "checkout.payments.tasks.settle_open", "schedule": 30.0},
    "payments.sweep": {"task": "checkout.reconciliation.tasks.sweep", "schedule": 180.0},
    "payments.reconcile": {"task": "checkout.reconciliation.tasks.reconcile", "schedule": crontab(hour=4, minute=5)},
    "purchase.forget": {
        "task": "checkout.purchase.tasks.forget_stale_details",
        "schedule": crontab(hour=3, minute=35),
    },
    "drafts.clear": {"task": "checkout.drafts.tasks.clear_abandoned", "schedule": crontab(hour=3, minute=25)},
    "giftcards.expire": {"task": "checkout.giftcards.tasks.expire", "schedule": crontab(minute=15)},
    "giftcards.send_due": {"task": "checkout.giftcards.tasks.send_due", "schedule": 600.0},
    "archive.archive": {"task": "checkout.archive.tasks.archive", "schedule": crontab(hour=2, minute=5)},
    "archive.bring_back": {"task": "checkout.archive.tasks.bring_back", "schedule": 300.0},
    "purchase.serve_line": {"task": "checkout.purchase.tasks.serve_line", "schedule": 2.0},
    "warehouse.end_waves": {"task": "checkout.warehouse.tasks.end_waves", "schedule": 60.0},
    "warehouse.forget": {"task": "checkout.warehouse.tasks.forget_printed", "schedule": crontab(minute=50)},
    "purchase.cancel_unpaid": {"task": "checkout.purchase.tasks.cancel_unpaid", "schedule": 30.0},
}
