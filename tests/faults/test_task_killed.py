"""F27: a worker is killed with -9 at each moment of each subscriber's work; it is done in the end, and counts once.

Each story is told twice: undisturbed, and with a death in every delivery to the subscribers in question. What is left
behind must be the same.
"""

from __future__ import annotations

from collections import Counter

import pytest
from django.db.models.functions import Now

from shop.core import db
from shop.events import tasks
from shop.events.models import Delivery
from shop.subscriptions import SUBSCRIBERS
from tests import outbox
from tests.factories import cart as carts
from tests.fakes.sandbox import RunningSandbox
from tests.faults import killed, report, stories
from tests.faults.heard import HEARD
from tests.invariants import violations

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.fault]

BEGUN = "shop.events.bus.handler"
MOMENTS: dict[str, tuple[str, ...]] = {
    "before the effect": ("after", BEGUN),
    "before its first COMMIT": ("before", "COMMIT", BEGUN),
    "after its first COMMIT": ("after", "COMMIT", BEGUN),
    "before the provider's answer is noted": ("before", "checkout.payments.recording.record"),
    "after the effect": ("called", BEGUN),
}
ALWAYS = {"before the effect", "after the effect"}
ALL = sorted({subscriber for subscribers in SUBSCRIBERS.values() for subscriber in subscribers})


class Workers:
    """They deliver what is due; each delivery to one of `doomed` first kills a worker at the `moment`."""

    def __init__(self, doomed: set[str], moment: str, job: str = "deliver_one") -> None:
        self.doomed, self.moment, self.job = doomed, moment, job
        self.heard: set[str] = set()
        self.deaths: Counter[str] = Counter()

    def __call__(self) -> None:
        while pending := self._pending():
            for using, delivery_id, subscriber in pending:
                self.heard.add(subscriber)
                if subscriber in self.doomed:
                    self._die(using, delivery_id, subscriber)
                tasks.deliver_one(using=using, delivery_id=delivery_id)
        assert outbox.failures() == []

    def _pending(self) -> list[tuple[str, str, str]]:
        return [
            (using, str(row.pk), row.subscriber)
            for using in db.databases()
            for row in Delivery.objects.using(using).filter(status="pending").order_by("id")
        ]

    def _die(self, using: str, delivery_id: str, subscriber: str) -> None:
        ended = killed.run(f"tests.faults.jobs.{self.job}", using, delivery_id, dies=MOMENTS[self.moment])
        rows = Delivery.objects.using(using).filter(pk=delivery_id)
        if ended.was_killed:
            self.deaths[subscriber] += 1
            assert rows.values_list("status", "attempts", "last_error").get() == ("pending", 1, "")
            assert tasks.deliver_one(using=using, delivery_id=delivery_id) is None  # its lease runs still
            rows.update(due_at=Now())
        else:
            assert self.moment not in ALWAYS, ended.said
            assert (ended.code, rows.values_list("status", flat=True).get()) == (0, "done"), ended.said


def told(story: str, work: Workers, sandbox: RunningSandbox) -> Counter[tuple[object, ...]]:
    """What the story leaves behind."""
    before = stories.facts(sandbox)
    stories.STORIES[story](work, sandbox)
    after = stories.facts(sandbox)
    after.subtract(before)
    return Counter({fact: number for fact, number in after.items() if number})


@pytest.mark.parametrize("moment", list(MOMENTS) if report.LONG else ["after the effect"])
@pytest.mark.parametrize("story", stories.STORIES)
def test_F27_a_worker_killed_in_every_task_of(story: str, moment: str, shop_sandbox: RunningSandbox) -> None:
    carts.rates()
    stories.staff()
    calm, workers = Workers(set(), moment), Workers(set(ALL), moment)
    undisturbed = told(story, calm, shop_sandbox)
    assert told(story, workers, shop_sandbox) == undisturbed
    assert HEARD[story] <= calm.heard
    if moment in ALWAYS:
        assert set(workers.deaths) == workers.heard
    assert violations() == []


def test_F27_control_an_effect_without_a_key_happens_twice(shop_sandbox: RunningSandbox) -> None:
    carts.rates()
    undisturbed = told("stock_runs_low", Workers(set(), ""), shop_sandbox)
    workers = Workers({"checkout.payments.receivers.mail_order_placed"}, "after the effect", "deliver_one_unkeyed")
    more = told("stock_runs_low", workers, shop_sandbox) - undisturbed
    assert more == Counter({("Notification", "order_placed", "queued"): 1})


@pytest.mark.django_db(transaction=False)
def test_F27_the_stories_have_every_subscriber() -> None:
    """Each story hears at least what stands in the table; together that is all there are."""
    assert sorted(set().union(*HEARD.values())) == ALL
    assert HEARD.keys() == stories.STORIES.keys()
