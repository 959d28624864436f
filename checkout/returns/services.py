"""What can be done with a return until its units arrive. Every command locks the order; repeated, it changes nothing.

`receiving` has what happens to the units, `reimbursing` to the money. All three write through `keeping`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connections, transaction
from django.utils.translation import gettext as _

from checkout.orders import locking as orders
from checkout.orders.models import Order
from checkout.returns import keeping, locking, photos, rules, selectors, wording
from checkout.returns.keeping import ReturnRefused
from checkout.returns.models import Condition, Destination, Reason, Return, ReturnLine, ReturnPhoto, ReturnUnit
from checkout.returns.receiving import Verdict, decide, inspect, receive, receive_code, restock
from checkout.returns.reimbursing import reimburse, simulate
from checkout.returns.selectors import Returnable
from shop.core import db
from shop.core.photos import BadPhoto, Photo, check_number, clean
from shop.events import bus, types

__all__ = [
    "ReturnRefused", "Verdict", "Wanted", "approve", "cancel", "decide", "inspect", "note_sent", "receive",
    "receive_code", "refuse", "reimburse", "request", "restock", "simulate",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """Units of an order line that a shopper wants to send back. `exchange_for`: the variant wanted instead."""

    line_id: UUID
    quantity: int
    reason: str
    condition: str
    exchange_for: UUID | None = None


def request(
    *,
    order_id: UUID,
    wanted: Sequence[Wanted],
    wish: str,
    key: str,
    by: str,
    comment: str = "",
    pictures: Sequence[bytes] = (),
) -> Return:
    """Ask to send units back; accepted at once where the policy says so, else a person decides.

    `key` is the form's own: the same once more gives the same return. `pictures` are files as they came. Raises
    `ReturnRefused` with a sentence for each item that cannot be returned, and nothing is kept then.
    """
    cleaned = _cleaned(pictures)
    done = selectors.by_key(key)
    if done is not None and done.order_id == order_id:
        return done
    names = [photos.keep(photo) for photo in cleaned]
    try:
        made, is_new = _write(order_id, wanted, wish, key, by, comment, list(zip(cleaned, names, strict=True)))
    except BaseException:
        photos.forget(names)
        raise
    if not is_new:
        photos.forget(names)
    return made


def _cleaned(pictures: Sequence[bytes]) -> list[Photo]:
    try:
        check_number(len(pictures))
        return [clean(content) for content in pictures]
    except BadPhoto as bad:
        raise ReturnRefused(str(bad), bad.code) from bad


def _write(
    order_id: UUID, wanted: Sequence[Wanted], wish: str, key: str, by: str, comment: str,
    pictures: Sequence[tuple[Photo, str]],
) -> tuple[Return, bool]:  # fmt: skip
    with transaction.atomic(using=db.DEFAULT):
        order = _locked(order_id)
        done = selectors.by_key(key)
        if done is not None:
            return _same(done, order), False
        rows = {row.line.pk: row for row in selectors.returnable(order)}
        _check(order, wanted, wish, rows)
        made = Return.objects.create(
            number=_next_number(), order=order, wish=wish, comment=comment.strip()[:1000], key=key[:80], actor=by,
            label_paid_by=_payer(wanted, rows),
        )  # fmt: skip
        _add_lines(made, wanted, rows)
        ReturnPhoto.objects.bulk_create(
            ReturnPhoto(parent=made, order_id=order.pk, name=name, width=photo.width, height=photo.height)
            for photo, name in pictures
        )
        keeping.check_cards(made, order)
        keeping.step(made, "request", by, facts={"units": sum(one.quantity for one in wanted)}, note=comment.strip())
        bus.publish(types.ReturnRequested(order_id=order.pk, return_id=made.pk), using=db.DEFAULT)
        if made.status == Return.Status.APPROVED:
            keeping.step(made, "approve", "system")
            bus.publish(types.ReturnApproved(order_id=order.pk, return_id=made.pk), using=db.DEFAULT)
        return made, True


def _locked(order_id: UUID) -> Order:
    try:
        return orders.order(order_id)
    except Order.DoesNotExist:  # it went into the archive since the form was opened
        raise ReturnRefused(wording.archived(), "archived") from None


def _same(done: Return, order: Order) -> Return:
    if done.order_id != order.pk:
        raise ReturnRefused(_("This form was used before. Please open it again."), "key_reused")
    return done


def _check(order: Order, wanted: Sequence[Wanted], wish: str, rows: dict[UUID, Returnable]) -> None:
    """Refuse what cannot be asked for, in one go: every item with its sentence."""
    if order.status in selectors.OVER:
        raise ReturnRefused(
            _("This order is “%(status)s”: nothing of it can be returned.") % {"status": order.get_status_display()},
            "order_over",
        )
    if not wanted:
        raise ReturnRefused(_("Choose what you want to send back."), "nothing_chosen")
    if wish not in Destination.values:
        raise ReturnRefused(_("Choose what you want in return."), "bad_wish")
    if wish == Destination.STORE_CREDIT and order.customer_id is None:
        raise ReturnRefused(_("Store credit needs an account. Choose another way, please."), "no_account")
    if len({one.line_id for one in wanted}) < len(wanted):
        raise ReturnRefused(_("Name each item once."), "line_twice")
    found = [(problem, code) for one in wanted for problem, code in _problems(one, wish, rows.get(one.line_id))]
    if found:
        raise ReturnRefused(" ".join(problem for problem, _code in found), found[0][1])


def _problems(one: Wanted, wish: str, row: Returnable | None) -> list[tuple[str, str]]:
    if row is None:
        return [(_("This item is not part of the order."), "unknown_line")]
    name = row.line.name
    if one.reason not in Reason.values or one.condition not in Condition.values:
        return [(_("%(name)s: say why, and in which condition it is.") % {"name": name}, "bad_reason")]
    if row.ruling.objection:
        return [(f"{name}: {row.objection}", row.ruling.objection)]
    if not 0 < one.quantity <= row.units:
        return [(wording.too_many(name, row.units, shipped=row.shipped), "too_many_units")]
    if wish == Destination.EXCHANGE and one.exchange_for not in row.exchanges:
        return [(_("%(name)s: choose another variant that is in stock.") % {"name": name}, "bad_exchange")]
    if one.exchange_for == row.line.variant_id and one.reason not in rules.AGAIN and wish == Destination.EXCHANGE:
        return [(wording.not_again(name), "bad_exchange")]
    if wish != Destination.EXCHANGE and one.exchange_for is not None:  # it would be dropped without a word
        return [(wording.not_wished(), "bad_wish")]
    return []


def _payer(wanted: Sequence[Wanted], rows: dict[UUID, Returnable]) -> str:
    """Who pays for the way back: the shop if it does for one of the items."""
    is_shop = any(
        one.reason in rules.OURS or (policy is not None and policy.is_label_paid)
        for one in wanted
        for policy in [rows[one.line_id].ruling.policy]
    )
    return "shop" if is_shop else "shopper"


def _add_lines(made: Return, wanted: Sequence[Wanted], rows: dict[UUID, Returnable]) -> None:
    """The lines and their units. One item that a person must look at holds the whole return."""
    judged = [rules.judge(rows[one.line_id].ruling, reason=one.reason, condition=one.condition)[0] for one in wanted]
    acceptance = "manual" if "manual" in judged else "accepted"
    for position, one in enumerate(wanted, start=1):
        row = rows[one.line_id]
        line = ReturnLine.objects.create(
            parent=made, order_id=made.order_id, order_line=row.line, position=position, quantity=one.quantity,
            reason=one.reason, condition=one.condition,
            exchange_for=one.exchange_for if made.wish == Destination.EXCHANGE else None,
            rule_name=row.ruling.policy.name if row.ruling.policy else "", returnable_until=row.ruling.until,
            refunds_delivery=row.ruling.policy.refunds_delivery if row.ruling.policy else True,
        )  # fmt: skip
        first = ReturnUnit.objects.filter(parent=made).count()
        numbers = rules.free_numbers(shipped=row.shipped, taken=row.numbers, wanted=one.quantity)
        ReturnUnit.objects.bulk_create(
            ReturnUnit(
                line=line, parent=made, order_id=made.order_id, order_line=row.line, number=number,
                position=first + turn, acceptance=acceptance,
            )
            for turn, number in enumerate(numbers, start=1)
        )  # fmt: skip


def _next_number() -> str:
    with connections[db.DEFAULT].cursor() as cursor:
        cursor.execute("SELECT extract(year FROM now() AT TIME ZONE 'UTC')::int, nextval('checkout_return_number')")
        return rules.number(*cursor.fetchone())


def approve(*, return_id: UUID, by: str, note: str = "") -> Return:
    """A person lets the shopper send it. Repeated, it changes nothing. Raises `ReturnRefused` for what is over."""
    with transaction.atomic(using=db.DEFAULT):
        order, found = locking.order_and_return(return_id)
        units = keeping.units(found, reception=("awaiting", "in_transit"))
        waiting = [unit for unit in units if unit.acceptance in ("pending", "manual")]
        if not waiting:
            if units:
                return found
            raise keeping.too_late(found)
        keeping.move(waiting, rules.ACCEPTANCE, "accept", "acceptance")
        keeping.step(found, "approve", by, facts={"units": len(waiting)}, note=note)
        bus.publish(types.ReturnApproved(order_id=order.pk, return_id=found.pk), using=db.DEFAULT)
        return found


def refuse(*, return_id: UUID, reason: str, by: str) -> Return:
    """A person says no, with a reason for the shopper. Nothing may have arrived. Raises `ReturnRefused`."""
    if not reason.strip():
        raise ReturnRefused(_("Say why: the shopper reads it."), "reason_missing")
    with transaction.atomic(using=db.DEFAULT):
        order, found = locking.order_and_return(return_id)
        if found.status == Return.Status.REFUSED:
            return found
        units = _not_here_yet(found)
        keeping.move(units, rules.ACCEPTANCE, "reject", "acceptance")
        keeping.move(units, rules.RECEPTION, "cancel", "reception")
        found.answer = reason.strip()[:500]
        keeping.step(found, "refuse", by, facts={"units": len(units)}, note=found.answer)
        bus.publish(types.ReturnRefused(order_id=order.pk, return_id=found.pk), using=db.DEFAULT)
        return found


def cancel(*, return_id: UUID, by: str) -> Return:
    """The shopper keeps it after all; possible until something has arrived. Raises `ReturnRefused`."""
    with transaction.atomic(using=db.DEFAULT):
        _order, found = locking.order_and_return(return_id)
        if found.status == Return.Status.CANCELLED:
            return found
        units = _not_here_yet(found)
        keeping.move(units, rules.RECEPTION, "cancel", "reception")
        keeping.step(found, "cancel", by, facts={"units": len(units)})
        return found


def note_sent(*, return_id: UUID, by: str, note: str = "") -> Return:
    """The shopper says that it is on its way; `note` may hold a tracking number. Raises `ReturnRefused`."""
    with transaction.atomic(using=db.DEFAULT):
        _order, found = locking.order_and_return(return_id)
        units = keeping.units(found, reception=("awaiting",))
        if not units and found.status == Return.Status.IN_TRANSIT:
            return found
        if not units or found.status not in (Return.Status.APPROVED, Return.Status.PARTLY_RECEIVED):
            raise keeping.too_late(found)
        keeping.move(units, rules.RECEPTION, "send", "reception")
        keeping.step(found, "send", by, facts={"units": len(units)}, note=note)
        return found


def _not_here_yet(found: Return) -> list[ReturnUnit]:
    units = keeping.units(found)
    left = [unit for unit in units if unit.reception not in rules.GONE]
    if not left or any(unit.reception in rules.CLOSED for unit in left):
        raise keeping.too_late(found)
    return left
