"""Labels that no parcel leaves with any more: kept in mind, and given back to their carriers.

A label is given up in the transaction that makes it a wrong one, under its order's lock. Its carrier is asked
afterwards, by event, with no transaction open.
"""

from __future__ import annotations

from uuid import UUID

import structlog
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from checkout.fulfilment import carriers
from checkout.fulfilment.carriers import base
from checkout.fulfilment.models import ForgottenLabel, Shipment
from shop.audit import services as audit
from shop.core import db
from shop.events import bus, types

log = structlog.get_logger("checkout.fulfilment")

Status = ForgottenLabel.Status
CarrierUnavailable = base.CarrierUnavailable


def give_up_label(shipment: Shipment, *, by: str) -> None:
    """Nobody is to use the label that a locked parcel has from a carrier, if it has one; its columns stay as they are.

    Belongs to the transaction that holds the order's lock, as `give_up`.
    """
    if shipment.carrier_code and shipment.tracking_number:
        give_up(
            shipment, by=by, carrier=shipment.carrier_code, tracking_number=shipment.tracking_number,
            barcode=shipment.barcode, reference=shipment.label_reference,
        )  # fmt: skip


def give_up(
    shipment: Shipment, *, by: str, carrier: str, tracking_number: str, barcode: str, reference: str
) -> None:  # fmt: skip
    """Nobody is to use this label, which `carrier` (its code) made for a locked parcel. It hears so by event.

    One that was given up before is given back once more: its carrier was asked for it anew meanwhile.
    """
    label, is_new = ForgottenLabel.objects.get_or_create(
        shipment=shipment, carrier_code=carrier, tracking_number=tracking_number,
        defaults={"order_id": shipment.order_id, "barcode": barcode, "reference": reference},
    )  # fmt: skip
    if not is_new:
        ForgottenLabel.objects.filter(pk=label.pk).update(status=Status.ASKED, said="", asked_at=Now(), ended_at=None)
    _note("forget_label", label, shipment, by)
    bus.publish(types.LabelForgotten(order_id=shipment.order_id, label_id=label.pk), using=db.DEFAULT)


def void(*, label_id: UUID, by: str) -> None:
    """Give a forgotten label back to its carrier, or note why it is not taken back, of which staff hear by event.

    What is noted is not asked again.

    Who dies between the carrier's answer and the note is repeated, which carriers bear. Raises `CarrierUnavailable`.
    """
    label = ForgottenLabel.objects.filter(pk=label_id, status=Status.ASKED).select_related("shipment").first()
    if label is None:
        return
    status, said = Status.VOIDED, ""
    try:
        carriers.carrier(label.carrier_code).void(tracking_number=label.tracking_number, reference=label.reference)
    except base.VoidRefused as refused:
        status, said = Status.KEPT, str(refused)[:200]
    except carriers.UnknownCarrier:
        status, said = Status.KEPT, _("The carrier is not set up here any more.")
    with transaction.atomic(using=db.DEFAULT):
        same = ForgottenLabel.objects.filter(pk=label.pk, status=Status.ASKED, asked_at=label.asked_at)
        if same.update(status=status, said=said, ended_at=Now()):
            log.info(
                "label given up", carrier=label.carrier_code, number=label.tracking_number, status=status, said=said
            )
            _note("void_label" if status == Status.VOIDED else "keep_label", label, label.shipment, by)
            if status == Status.KEPT:
                bus.publish(types.LabelKept(order_id=label.order_id, label_id=label.pk), using=db.DEFAULT)


def _note(what: str, label: ForgottenLabel, shipment: Shipment, by: str) -> None:
    audit.record(
        action=f"shipment.{what}", by=by, object_type="order", object_id=label.order_id, using=db.DEFAULT,
        changes={
            "shipment": shipment.number, "carrier": label.carrier_code, "tracking_number": label.tracking_number,
        },
    )  # fmt: skip
