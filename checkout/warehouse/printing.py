"""The commands of print jobs: ask for one, draw it in a worker, forget it after a day."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from datetime import timedelta
from time import monotonic
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from checkout.fulfilment import carriers, contents, labelling, packing, slips
from checkout.fulfilment import rules as fulfilment
from checkout.fulfilment.carriers import base
from checkout.fulfilment.models import Shipment
from checkout.warehouse import filling, rules, selectors
from checkout.warehouse.models import PickWave, PrintJob
from checkout.warehouse.papers import bundle
from checkout.warehouse.papers.data import Label, Slip
from checkout.warehouse.papers.sheet import NothingDrawn
from shop.audit import services as audit
from shop.core import db
from shop.events import bus, types

Kind, Status = PrintJob.Kind, PrintJob.Status
KEPT = timedelta(days=1)  # a file: it is full of addresses
REMEMBERED = timedelta(days=30)  # that there was a job
_ADDRESSED = ["shipping_address", "delivery_name"]  # what stands on a label
_TOLD_EVERY = 0.25  # seconds between two notes of how far a job is


class PrintRefused(Exception):
    """That cannot be printed. `str()` is a sentence for people."""


def ask(
    *, kind: str, by: str, shipment_ids: Sequence[UUID] = (), wave: PickWave | None = None, on_a_sheet: int = 1
) -> PrintJob:
    """Have papers of these parcels, or the pick list of a wave, drawn by a worker. Raises `PrintRefused`."""
    wanted = list(dict.fromkeys(shipment_ids))
    if kind not in Kind.values or on_a_sheet not in bundle.LAYOUTS or (kind == Kind.PICKLIST) != (wave is not None):
        raise PrintRefused(_("There are no such papers."))
    if kind != Kind.PICKLIST and not wanted:
        raise PrintRefused(_("Choose at least one parcel."))
    if len(wanted) > rules.MOST_PRINTED:
        raise PrintRefused(_("At most %(most)d parcels are printed at a time.") % {"most": rules.MOST_PRINTED})
    papers = {Kind.PICKLIST: 1, Kind.BOTH: 2 * len(wanted)}.get(Kind(kind), len(wanted))
    with transaction.atomic(using=db.DEFAULT):
        job = PrintJob.objects.create(
            kind=kind, shipment_ids=[str(one) for one in wanted], wave=wave, on_a_sheet=on_a_sheet, total=papers,
            actor=by, expires_at=db.clock() + KEPT,
        )  # fmt: skip
        audit.record(
            action="papers.print", by=by, object_type="print_job", object_id=job.pk,
            changes={"kind": kind, "parcels": len(wanted)}, using=db.DEFAULT,
        )  # fmt: skip
        bus.publish(types.PrintAsked(job_id=job.pk), using=db.DEFAULT)
    return job


def draw(*, job_id: UUID) -> PrintJob | None:
    """Draw the papers of a job, telling how far it is as it goes. Repeated after its end, it does nothing.

    No transaction is open meanwhile. What goes wrong is told on the job's page, and raised to be tried again.
    """
    job = _begun(job_id)
    if job is None:
        return None
    try:
        shipments = [] if job.wave else selectors.parcels(job.shipment_ids)
        content = _content(job, shipments)
    except Exception as error:
        text = _("The papers could not be drawn (%(what)s). It is tried again by itself.")
        job.error = (text % {"what": type(error).__name__})[:300]
        PrintJob.objects.filter(pk=job.pk).update(status=Status.FAILED, error=job.error)
        raise
    if not content:
        PrintJob.objects.filter(pk=job.pk).update(
            status=Status.FAILED, error=_("There is nothing to print."), problems=job.problems,
            finished_at=Now(),
        )  # fmt: skip
        return None
    name = storages["private"].save(f"print/{job.pk}-{secrets.token_hex(8)}.pdf", ContentFile(content))
    running = PrintJob.objects.filter(pk=job.pk, status=Status.RUNNING)
    is_ours = running.update(
        status=Status.DONE, file=name, size=len(content), done=job.total, problems=job.problems, error="",
        finished_at=Now(),
    )  # fmt: skip
    if not is_ours:  # another worker was given it as well, and was faster
        storages["private"].delete(name)
    elif job.kind != Kind.LABELS:
        slips.note_printed(shipments)
    return job


def papers(*, shipment: Shipment, kind: str, by: str, carrier: str = "") -> bytes:
    """The papers of one parcel, at once; its label is made if it is still here. Raises `LabelRefused`,
    `ShipmentRefused`."""
    if shipment.status == Shipment.Status.CANCELLED:
        raise packing.not_open(shipment)
    sender = filling.sender()
    slips_of = [filling.slip(shipment, of=sender, at=db.clock())] if kind != Kind.LABELS else []
    made = _made(shipment, carrier=carrier, by=by) if kind != Kind.SLIPS else None
    labels = [filling.label(shipment, of=sender, made=made)] if kind != Kind.SLIPS and not (made and made.pdf) else []
    content = bundle.render(slips_of=slips_of, labels_of=labels, drawn=[made.pdf] if made and made.pdf else [])
    if slips_of:
        slips.note_printed([shipment])
    return content


def forget(*, most: int = 500) -> int:
    """Delete the files of jobs that are past their day, and the jobs of last month; returns how many files."""
    expired = list(PrintJob.objects.filter(expires_at__lt=Now()).exclude(file="").order_by("expires_at")[:most])
    for job in expired:
        storages["private"].delete(job.file)
        PrintJob.objects.filter(pk=job.pk).update(file="", size=0, status=Status.EXPIRED)
    PrintJob.objects.filter(expires_at__lt=Now() - REMEMBERED, file="").delete()
    return len(expired)


def _begun(job_id: UUID) -> PrintJob | None:
    """The job, marked as being drawn; None if it is done, deleted or unknown."""
    rows = PrintJob.objects.filter(pk=job_id, expires_at__gt=Now()).exclude(status__in=[Status.DONE, Status.EXPIRED])
    if not rows.update(status=Status.RUNNING, started_at=Now(), done=0, error="", problems=[]):
        return None
    return PrintJob.objects.select_related("wave").get(pk=job_id)


def _content(job: PrintJob, shipments: Sequence[Shipment]) -> bytes:
    if job.wave:
        return bundle.render(picklist=filling.picklist(job.wave, at=db.clock()))
    if not shipments:
        return b""
    drawn: list[bytes] = []
    wants_slips, wants_labels = job.kind != Kind.LABELS, job.kind != Kind.SLIPS
    slips_of = _slips(shipments) if wants_slips else ()
    labels = _labels(job, shipments, drawn) if wants_labels else ()
    try:
        return bundle.render(
            slips_of=slips_of, labels_of=labels, drawn=drawn, on_a_sheet=job.on_a_sheet, done=_Teller(job)
        )
    except NothingDrawn:  # every carrier refused
        return b""


def _slips(shipments: Sequence[Shipment]) -> Iterator[Slip]:
    at, sender = db.clock(), filling.sender()
    for shipment in shipments:
        yield filling.slip(shipment, of=sender, at=at)


def _labels(job: PrintJob, shipments: Sequence[Shipment], drawn: list[bytes]) -> Iterator[Label]:
    """Labels that we draw, asked of the carriers one after the other; what a carrier draws itself goes to `drawn`.

    A parcel without a label is told of, and does not keep the others from being printed.
    """
    sender = filling.sender()
    for shipment in shipments:
        try:
            made = _made(shipment, by=job.actor)
        except (labelling.LabelRefused, contents.ShipmentRefused) as refused:
            job.problems.append(f"{shipment.number}: {refused}")
            continue
        if made and made.pdf:
            drawn.append(made.pdf)
        else:
            yield filling.label(shipment, of=sender, made=made)


def _made(shipment: Shipment, *, by: str, carrier: str = "") -> base.Label | None:
    """The label that a carrier makes for a parcel that is here. None for one that has left, or where no carrier makes
    labels: it is then drawn from what the parcel knows.

    `shipment.order` has its address as of now: it may have been changed while papers before this one were drawn.
    """
    if shipment.status not in fulfilment.HERE:
        return None
    label = labelling.make(shipment_id=shipment.pk, carrier=carrier, by=by) if carriers.names() else None
    if label and label.pdf and not bundle.is_readable(label.pdf):
        raise labelling.LabelRefused(
            _("What the carrier sent as a label cannot be printed. Please ask it for another.")
        )
    shipment.order.refresh_from_db(fields=_ADDRESSED)
    return label


class _Teller:
    """Notes in the job how many papers are drawn, now and then."""

    def __init__(self, job: PrintJob) -> None:
        self._job, self._told_at = job, monotonic()

    def __call__(self, done: int) -> None:
        if monotonic() - self._told_at >= _TOLD_EVERY:
            PrintJob.objects.filter(pk=self._job.pk).update(done=done)
            self._told_at = monotonic()
