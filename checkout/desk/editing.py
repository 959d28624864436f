"""The screen on which staff change a placed order: what is entered, what of it differs, and what it would do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from cart.pricing import carrying
from checkout.changes import services as changes
from checkout.desk import adding
from checkout.desk.address_form import AddressForm
from checkout.desk.merchant_forms import EditForm
from checkout.fulfilment import selectors as fulfilment
from checkout.orders import emails, selectors, where
from checkout.orders import lines as order_lines
from checkout.orders.models import Order, OrderLine
from checkout.payments import methods
from checkout.payments import selectors as payments
from shop.core import addresses, requests
from shop.core.money import Money


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the order on the screen: `least` units have left already, `quantity` is what was entered."""

    line: OrderLine
    options: str
    now: int
    least: int
    quantity: int | str

    @property
    def open(self) -> int:
        """Units that are still here."""
        return self.now - self.least


@dataclass
class Screen:
    """What stands on the screen. `problems` are sentences about numbers; the forms know their own."""

    order: Order
    revision: int
    rows: list[Row]
    adding: dict[UUID, int]
    address: AddressForm
    form: EditForm
    query: str
    problems: list[str] = field(default_factory=list)

    @property
    def was(self) -> list[tuple[str, str]]:
        """What the fields of address and words say of the order as it is, by the names under which they are sent."""
        address = {f"to-{name}": str(self.order.shipping_address.get(name, "")) for name in addresses.FIELDS}
        return [*address.items(), *_initial(self.order).items()]

    def is_valid(self) -> bool:
        return all([not self.problems, self.address.is_valid(), self.form.is_valid()])

    def arguments(self) -> dict[str, Any]:
        """What of it differs from the order, as `changes.preview` and `edit` take it. To be called when valid."""
        removed, added = {}, {key: count for key, count in self.adding.items() if count}
        for row in self.rows:
            difference = int(row.quantity) - row.now
            if difference < 0:
                removed[row.line.pk] = -difference
            elif difference:
                added[row.line.variant_id] = added.get(row.line.variant_id, 0) + difference
        data = self.form.cleaned_data
        wished = {name: data[name] for name in ("po_number", "gift_message") if data[name] != getattr(self.order, name)}
        address, option = self.address.address, data["delivery_option"]
        return {
            "removed": removed,
            "added": added,
            "shipping_address": None if address == _tidy(self.order.shipping_address) else address,
            "delivery_option": None if option in ("", self.order.delivery_option) else option,
            "fields": wished,
        }


def screen(order: Order, data: Mapping[str, Any] | None) -> Screen:
    """The screen as entered in `data` (a POST), or as the order is now."""
    problems: list[str] = []
    wanted: dict[UUID, int | str] = {}
    more: dict[UUID, int] = {}
    try:
        wanted |= adding.counts(data or {}, "units-")
        more = adding.counts(data or {}, "add-")
    except adding.BadCount as bad:
        problems.append(str(bad))
    if left_out := adding.blank(data or {}, "units-"):
        wanted |= dict.fromkeys(left_out, "")
        problems.append(_("Say how many of each item the order is to have; 0 takes it off."))
    address = AddressForm(data, initial=order.shipping_address, prefix="to", is_partial=where.is_by_email(order))
    found = rows(order, wanted)
    form = EditForm(data, initial=_initial(order), options=delivery_options(order, _place(order, data or {}), found))
    query = str(data.get("q", "")).strip() if data else ""
    return Screen(order, seen_revision(order, data or {}), found, more, address, form, query, problems)


def renewed(order: Order, data: Mapping[str, Any]) -> Screen:
    """The screen of an order as it is now, with what was entered while it was another.

    What nobody touched (`was-…`: as the form was made) is as it is now: sent again, it would undo what changed it
    meanwhile.
    """
    page = screen(order, None)
    page.query = str(data.get("q", "")).strip()
    try:
        was, wanted = adding.counts(data, "was-"), adding.counts(data, "units-")
        page.rows = rows(order, {key: count for key, count in wanted.items() if was.get(key, count) != count})
        page.adding = adding.counts(data, "add-")
    except adding.BadCount as bad:
        page.problems.append(str(bad))
    typed = {name: str(data[name]) for name, _was in page.was if _is_typed(name, data)}
    address = {name: typed.get(f"to-{name}", order.shipping_address.get(name, "")) for name in addresses.FIELDS}
    page.address = AddressForm(None, initial=address, prefix="to")
    words = {name: typed.get(name, now) for name, now in _initial(order).items()}
    options = delivery_options(order, address, page.rows)
    page.form = EditForm(None, initial={**words, "reason": str(data.get("reason", ""))}, options=options)
    return page


def _is_typed(name: str, data: Mapping[str, Any]) -> bool:
    """Whether a field says something else than it did when the form was made."""
    now, was = (str(data.get(one, "")).replace("\r\n", "\n") for one in (name, f"was-{name}"))
    return f"was-{name}" in data and now != was


def seen_revision(order: Order, data: Mapping[str, Any]) -> int:
    """The order's revision as the form was made for it; as it is now where the form does not say."""
    seen = requests.whole(str(data.get("revision", "")))
    return order.revision if seen is None else seen


def _initial(order: Order) -> dict[str, str]:
    return {name: getattr(order, name) for name in ("delivery_option", "po_number", "gift_message")}


def _tidy(address: Mapping[str, Any]) -> dict[str, str]:
    return addresses.clean(address)[0]


def rows(order: Order, wanted: Mapping[UUID, int | str] | None = None) -> list[Row]:
    """The lines that still have units, with how many of them have left already."""
    away = fulfilment.gone(order.pk)
    found = []
    for line in selectors.lines_of(order.pk):
        now = line.quantity - line.returned
        if now:
            options = order_lines.about(line)
            least = min(now, max(0, away.get(line.pk, 0) - line.returned))
            found.append(Row(line, options, now, least, (wanted or {}).get(line.pk, now)))
    return found


def _place(order: Order, data: Mapping[str, Any]) -> dict[str, str]:
    """Where the order is to go, as far as deliveries look at it: as entered, else as it is."""
    names = ("country", "state", "postal_code")
    if not data.get("to-country"):
        return {name: where.address(order).get(name, "") for name in names}
    return {name: str(data.get(f"to-{name}", "")) for name in names}


def delivery_options(order: Order, address: Mapping[str, Any], found: Sequence[Row]) -> list[tuple[str, str]]:
    """What serves the address, priced, with the order's own way first if that is not on offer any more."""
    subtotal = order.money(order.subtotal_minor - order.discount_minor)
    units: Counter[UUID] = Counter()
    for row in found:
        units[row.line.variant_id] += row.quantity if isinstance(row.quantity, int) else row.now
    offered = carrying.delivery_options(units=units, currency=order.currency, address=address, subtotal=subtotal)
    options = [(one.code, f"{one.name} – {one.price.format()}") for one in offered]
    if order.delivery_option not in dict(options):
        name = {"name": order.delivery_name or _("None")}
        options.insert(0, (order.delivery_option, _("%(name)s – not offered for this address") % name))
    return options


def shown(preview: changes.Preview, page: Screen) -> dict[str, Any]:
    """What the preview says to people: lines before and after, other things that change, and what money does."""
    given = page.arguments()
    others, is_other_way = _others(page, given), given["delivery_option"] is not None
    return {**told(preview, page.order, is_other_way=is_other_way), "others": others}


def told(preview: changes.Preview, order: Order, *, is_other_way: bool = False) -> dict[str, Any]:
    """The same of a change of nothing but units; `is_other_way`: of the delivery, too. `is_all`: none would be left, so
    the whole order is cancelled."""
    return {
        "preview": preview,
        "lines": [{"line": one, "before": one.quantity - one.change} for one in preview.lines],
        "money": _money(order, preview),
        "delivery": _delivery(order, preview.delivery, is_other_way=is_other_way),
        "now": order.total,
        "is_all": not any(one.quantity for one in preview.lines),
    }


def _others(page: Screen, given: Mapping[str, Any]) -> list[dict[str, str]]:
    order, found = page.order, []
    if given["shipping_address"] is not None:
        before, after = order.shipping_address, given["shipping_address"]
        found.append((_("Delivery address"), *(", ".join(emails.address_lines(one)) for one in (before, after))))
    if given["delivery_option"] is not None:
        names = dict(page.form.options)
        found.append((_("Delivery"), order.delivery_name, names[given["delivery_option"]]))
    labels = {"po_number": _("Purchase order number"), "gift_message": _("Gift message")}
    found += [(labels[name], getattr(order, name), value) for name, value in given["fields"].items()]
    return [{"label": label, "before": before or "–", "after": after or "–"} for label, before, after in found]


def _delivery(order: Order, then: Money, *, is_other_way: bool) -> str:
    """What becomes of the price of the delivery: it is that of when it was ordered, unless another way is chosen."""
    now = order.money(order.shipping_minor)
    words = {"before": now.format(), "after": then.format()}
    if then == now:
        return _("Delivery stays at %(before)s, as agreed: what the goods come to does not change it.") % words
    if is_other_way:
        return _("Delivery costs %(after)s instead of %(before)s: another way is chosen.") % words
    return _("Delivery goes from %(before)s to %(after)s: what is taken off takes its share along.") % words


def _money(order: Order, preview: changes.Preview) -> str:
    """What happens with the money once it is applied."""
    if preview.to_pay.minor > 0:
        words = _("%(amount)s is to be paid then: %(email)s is mailed a link to pay it.")
        return words % {"amount": preview.to_pay.format(), "email": order.email}
    if preview.balance.minor < 0:
        ways = [methods.label(one.provider) for one in payments.payments_of(order.pk) if one.captured_minor]
        words = _("%(amount)s goes back the way it was paid (%(ways)s), by itself.")
        return words % {"amount": (-preview.balance).format(), "ways": ", ".join(dict.fromkeys(ways)) or "–"}
    return _("No money moves.")
