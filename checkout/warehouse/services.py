"""The commands of waves: begin one, end one."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import IntegrityError, connections, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from checkout.fulfilment.models import Shipment
from checkout.warehouse import locking, rules, selectors
from checkout.warehouse.models import PickWave, WaveParcel
from shop.audit import services as audit
from shop.core import db

Status = PickWave.Status


class WaveRefused(Exception):
    """That wave cannot be. `str()` is a sentence for people, `code` for programs.

    Codes: "nothing_to_pick", "too_many", "several_locations", "taken", "unknown_wave", "over".
    """

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


def start_wave(*, shipment_ids: Sequence[UUID], by: str) -> PickWave:
    """A round for these parcels (of one location, waiting to be picked), in boxes in the order given.

    Raises `WaveRefused`; also when somebody else has taken one of them a moment ago.
    """
    wanted = list(dict.fromkeys(shipment_ids))
    if len(wanted) > rules.MOST_PARCELS:
        most = {"most": rules.MOST_PARCELS}
        raise WaveRefused(_("At most %(most)d parcels go into a wave.") % most, "too_many")
    rows = {one.pk: one for one in selectors.to_pick(Shipment.objects.filter(pk__in=wanted))}
    if not rows or len(rows) < len(wanted):
        raise WaveRefused(_("There is nothing to pick, or somebody else picks some of it already."), "nothing_to_pick")
    places = {one.location_id for one in rows.values()}
    if len(places) > 1:
        raise WaveRefused(_("Choose parcels of one location: a round stays in its house."), "several_locations")
    try:
        with transaction.atomic(using=db.DEFAULT):
            return _write(wave_of=[rows[key] for key in wanted], location_id=places.pop(), by=by)
    except IntegrityError as error:
        raise WaveRefused(_("Somebody else has taken one of these parcels just now."), "taken") from error


def next_wave(*, location_id: UUID | None, most: int, by: str, delivery_option: str = "") -> PickWave:
    """A round for the oldest parcels of a location, at most so many. Raises `WaveRefused`."""
    found = selectors.next_to_pick(
        location_id=location_id, most=min(most, rules.MOST_PARCELS), delivery_option=delivery_option
    )
    return start_wave(shipment_ids=found, by=by)


def close_wave(*, wave_id: UUID, by: str) -> PickWave:
    """The round is over: what is not picked can be picked in another one. Repeated, it changes nothing."""
    with transaction.atomic(using=db.DEFAULT):
        wave = locked(wave_id)
        if wave.status == Status.OPEN:
            end(wave, Status.CLOSED, by)
        return wave


def end_over(*, by: str) -> int:
    """End the rounds in which nothing is left to pick: cancelled, packed in another house, or picked by others.
    Returns how many. Idempotent."""
    return sum(_end_over(wave_id, by) for wave_id in selectors.over())


def _end_over(wave_id: UUID, by: str) -> bool:
    with transaction.atomic(using=db.DEFAULT):
        return end_if_over(locked(wave_id), by)


def end_if_over(wave: PickWave, by: str) -> bool:
    """End an open wave in which nothing is left to pick: as picked if anything was. Whether it has ended now.

    Belongs to the transaction that has locked the wave.
    """
    boxes = selectors.contents(wave).boxes
    if wave.status != Status.OPEN or any(box.is_open for box in boxes):
        return False
    end(wave, Status.PICKED if any(box.quantity for box in boxes) else Status.CLOSED, by)
    return True


def end(wave: PickWave, status: str, by: str) -> None:
    """Belongs to the transaction that has locked the wave."""
    WaveParcel.objects.filter(wave=wave).update(is_open=False)
    wave.status = status
    PickWave.objects.filter(pk=wave.pk).update(status=status, closed_at=Now())
    note(wave, status, by)


def locked(wave_id: UUID) -> PickWave:
    """The wave, locked by the caller's transaction. Raises `WaveRefused` ("unknown_wave")."""
    try:
        return locking.wave(wave_id)
    except PickWave.DoesNotExist as error:
        raise WaveRefused(_("There is no such wave."), "unknown_wave") from error


def note(wave: PickWave, what: str, by: str, **changes: object) -> None:
    """Keep in the audit log what happened to a wave."""
    audit.record(
        action=f"wave.{what}", by=by, object_type="wave", object_id=wave.pk,
        changes={"number": wave.number, **changes}, using=db.DEFAULT,
    )  # fmt: skip


def _write(*, wave_of: Sequence[Shipment], location_id: UUID | None, by: str) -> PickWave:
    wave = PickWave.objects.create(number=_next_number(), location_id=location_id, actor=by)
    moved = WaveParcel.objects.filter(shipment__in=wave_of, is_open=True)
    moved.exclude(pk__in=selectors.inside()).update(is_open=False)  # begun in the house that they have left
    WaveParcel.objects.bulk_create(
        WaveParcel(wave=wave, shipment_id=one.pk, order_id=one.order_id, box=box)
        for box, one in enumerate(wave_of, start=1)
    )
    note(wave, "start", by, parcels=len(wave_of))
    return wave


def _next_number() -> str:
    with connections[db.DEFAULT].cursor() as cursor:
        cursor.execute("SELECT extract(year FROM now() AT TIME ZONE 'UTC')::int, nextval('checkout_wave_number')")
        year, position = cursor.fetchone()
    return f"W-{year}{position:06d}"
