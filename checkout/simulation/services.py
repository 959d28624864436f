"""Ask for a simulation, and do it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from time import monotonic
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from cart.promotions import replays
from cart.promotions.kinds.gift import Gift
from cart.promotions.models import Promotion
from cart.promotions.reading import BadTerms
from checkout.simulation import past
from checkout.simulation.models import Simulation
from checkout.simulation.rules import Limits, Past, Tally, Trial
from shop.audit import services as audit
from shop.core import db

log = structlog.get_logger("checkout.simulation")

Status = Simulation.Status
MOST_DAYS = 365
SILENT = timedelta(minutes=10)  # a worker that says nothing for so long is dead
_TOLD_EVERY = 0.5  # seconds between two notes of how far it is


class SimulationRefused(Exception):
    """That cannot be tried. `str()` is a sentence for people."""


def ask(*, promotion_id: UUID, days: int, by: str) -> Simulation:
    """Have the promotion, in any status, tried by a worker on the orders and carts of the last `days`. Raises
    `SimulationRefused`."""
    if not 1 <= days <= MOST_DAYS:
        raise SimulationRefused(_("From 1 to %(most)d days.") % {"most": MOST_DAYS})
    try:
        draft = replays.draft(promotion_id)
    except Promotion.DoesNotExist as error:
        raise SimulationRefused(_("There is no such promotion.")) from error
    except BadTerms as error:
        raise SimulationRefused(_("The promotion's terms make no sense yet. Save it again.")) from error
    with transaction.atomic(using=db.DEFAULT):
        row = Simulation.objects.create(
            promotion_id=promotion_id, name=draft.terms.name, version=draft.version, days=days, actor=by
        )
        audit.record(
            action="promotion.simulate", by=by, object_type="promotion", object_id=promotion_id,
            changes={"days": days}, using=db.DEFAULT,
        )  # fmt: skip
        transaction.on_commit(lambda: _call(row.pk), using=db.DEFAULT, robust=True)
    return row


def run(*, simulation_id: UUID) -> None:
    """Try it, telling how far it is as it goes; what goes wrong is told on its page. Nothing else is written.

    Does nothing where it is over or another worker is at it.
    """
    rows = _open().filter(pk=simulation_id)
    if not rows.update(status=Status.RUNNING, done=0, error="", told_at=Now()):
        return
    row = Simulation.objects.get(pk=simulation_id)
    try:
        result = _tried(row)
    except Exception as error:  # whatever it is, who asked must see it
        log.exception("simulation failed", simulation=str(row.pk))
        text = _("It could not be tried (%(what)s).") % {"what": type(error).__name__}
        Simulation.objects.filter(pk=row.pk).update(status=Status.FAILED, error=text[:300], ended_at=Now())
        return
    Simulation.objects.filter(pk=row.pk, status=Status.RUNNING).update(
        status=Status.DONE, result=result, done=row.total, total=row.total, ended_at=Now()
    )


def resume() -> int:
    """Call a worker for those that wait or whose worker has died; returns for how many."""
    left = list(_open().filter(asked_at__lt=Now() - SILENT).values_list("pk", flat=True))
    for key in left:
        _call(key)
    return len(left)


def _open() -> QuerySet[Simulation]:
    silent = Q(status=Status.RUNNING, told_at__lt=Now() - SILENT)
    return Simulation.objects.filter(Q(status=Status.WAITING) | silent)


def _call(simulation_id: UUID) -> None:
    from checkout.simulation import tasks  # noqa: PLC0415  (tasks import the services)

    tasks.run.delay(str(simulation_id))


def _tried(row: Simulation) -> dict[str, object]:
    until, since = row.asked_at, row.asked_at - timedelta(days=row.days)
    counts = past.count_orders(since, until), past.count_carts(since, until)
    row.total = sum(counts)
    Simulation.objects.filter(pk=row.pk).update(total=row.total)
    draft, others = replays.draft(row.promotion_id), replays.in_force()
    given = [one.kind.variant for one in [draft.terms, *others] if isinstance(one.kind, Gift)]
    shop = past.Shop(map(UUID, given))
    limits = Limits(draft.usage_limit, draft.customer_limit, draft.budget_minor, draft.budget_currency)
    told = _Teller(row)
    result: dict[str, object] = {"version": draft.version}
    for name, batches in (("orders", past.orders(shop, since, until)), ("carts", past.carts(shop, since, until))):
        # Of carts too, each time anew: what they would have used is beside what the orders used, not after it.
        trial, tally = Trial(draft.terms, others, limits), Tally()
        for one in told(batches):
            trial.look(one, tally)
        result[name] = tally.facts()
    return result


class _Teller:
    """Notes in the simulation how far it is, now and then."""

    def __init__(self, row: Simulation) -> None:
        self._row, self._done, self._told_at = row, 0, monotonic()

    def __call__(self, batches: Iterator[list[Past]]) -> Iterator[Past]:
        for batch in batches:
            for one in batch:
                yield one
                self._done += 1
                if monotonic() - self._told_at >= _TOLD_EVERY:
                    Simulation.objects.filter(pk=self._row.pk).update(
                        done=min(self._done, self._row.total), told_at=Now()
                    )
                    self._told_at = monotonic()
