"""Single parcels on the order's page."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from checkout.fulfilment import labelling, leaving
from checkout.fulfilment import services as fulfilment
from checkout.fulfilment.models import ForgottenLabel, Shipment
from checkout.orders.models import Order
from shop.accounts.models import User
from tests import outbox
from tests.factories import cart as carts
from tests.factories import checkout as make
from tests.factories.changes import readdress
from tests.factories.inventory import LocationFactory, stocked

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(client: Client, settings: Any) -> Client:
    settings.STAFF_MFA_REQUIRED = False
    clerk = User.objects.create_user("clerk@example.com", "a long password", is_staff=True)
    clerk.user_permissions.add(*Permission.objects.filter(codename__in=["view_order", "fulfil_order"]))
    client.force_login(clerk)
    return client


def opened(**details: Any) -> tuple[Order, Shipment]:
    order = make.paid(**details)
    outbox.drain()
    return order, Shipment.objects.get(order=order)


def page(order: Order, parcel: Shipment | None = None, name: str = "") -> str:
    if parcel is None:
        return reverse("admin:checkout_order_change", args=[order.pk])
    return reverse(f"admin:checkout_order_parcel_{name}", args=[order.pk, parcel.pk])


def buttons(desk: Client, order: Order) -> list[list[str]]:
    return [[str(one.label) for one in row["buttons"]] for row in desk.get(page(order)).context["parcels"]]


def test_from_packed_to_arrived(desk: Client) -> None:
    order, parcel = opened()
    assert buttons(desk, order) == [["All picked", "Print"]]
    desk.post(page(order, parcel, "pick"))
    assert buttons(desk, order) == [["Dispatch", "Print"]]
    given = {"carrier": "UPS", "tracking_number": "1Z9", "tracking_url": ""}
    assert desk.post(page(order, parcel, "dispatch"), given)["Location"] == page(order)
    assert buttons(desk, order) == [["Delivered", "Print"]]
    desk.post(page(order, parcel, "deliver"))
    assert buttons(desk, order) == [[]]
    order.refresh_from_db()
    assert order.status == "delivered"


def test_the_page_that_splits_says_how_many_there_are_and_moves_none_by_itself(desk: Client) -> None:
    order, parcel = opened(quantity=3)
    line = parcel.lines.get()
    html = desk.get(page(order, parcel, "split")).content.decode()
    assert re.findall(r"Units to move, of (\d+)", html) == ["3"]
    assert re.findall(r'name="units-([^"]*)" value="(\d*)" min="(\d+)" max="(\d+)"', html) == [
        (str(line.pk), "0", "0", "3"),
    ]  # fmt: skip
    assert ("order-nopicture" in html, "<img" in html) == (False, False)
    line.order_line.picture = "/media/lamp.avif"
    line.order_line.save(update_fields=["picture"])
    html = desk.get(page(order, parcel, "split")).content.decode()
    assert re.findall(r'<img src="([^"]*)"', html) == ["/media/lamp.avif"]


def test_splitting(desk: Client) -> None:
    order, parcel = opened(quantity=3)
    line = parcel.lines.get()
    assert "Split" in buttons(desk, order)[0]
    assert desk.get(page(order, parcel, "split")).status_code == 200
    desk.post(page(order, parcel, "split"), {f"units-{line.pk}": "1"})
    parcels = Shipment.objects.filter(order=order).order_by("id")
    assert [[line.quantity for line in one.lines.all()] for one in parcels] == [[2], [1]]
    for bad in ("9", "-1", "x", "0"):
        answer = desk.post(page(order, parcel, "split"), {f"units-{line.pk}": bad})
        assert len(answer.context["problems"]) == 1, bad
    assert answer.context["problems"] == ["Say how many units."]
    assert Shipment.objects.filter(order=order).count() == 2


def test_packing_elsewhere(desk: Client) -> None:
    here, there = LocationFactory(), LocationFactory()
    item = stocked(5, location=here.code)
    order, parcel = opened(items=[item])
    assert parcel.location_id == here.pk
    stocked(5, location=there.code, variant_id=item.variant_id)
    assert "Pack elsewhere" in buttons(desk, order)[0]
    desk.post(page(order, parcel, "move"), {"location": str(there.pk)})
    assert [one.location_id for one in Shipment.objects.filter(order=order).exclude(status="cancelled")] == [there.pk]


def test_a_refusal_says_why(desk: Client) -> None:
    order, parcel = opened()
    answer = desk.post(page(order, parcel, "deliver"), follow=True)
    assert "has not left yet" in str(next(iter(answer.context["messages"])))
    answer = desk.post(page(order, parcel, "dispatch"), {"carrier": "UPS", "tracking_number": "1"})
    assert answer.status_code == 200
    parcel.refresh_from_db()
    assert parcel.status == "open"


def test_nothing_happens_by_looking_or_to_another_orders_parcel(desk: Client) -> None:
    order, parcel = opened()
    other, _theirs = opened()
    for name in ("pick", "deliver"):
        assert desk.get(page(order, parcel, name)).status_code == 405
    for name in ("pick", "dispatch", "deliver", "split", "move"):
        assert desk.post(page(other, parcel, name)).status_code == 404
        url = reverse(f"admin:checkout_order_parcel_{name}", args=[UUID(int=0), parcel.pk])
        assert desk.post(url).status_code == 404


SENT = {"carrier": "UPS", "tracking_number": "1Z9", "tracking_url": ""}


def hidden(answer: Any) -> dict[str, str]:
    """What the form of a page says by itself about what it shows."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', answer.content.decode())
    return {name: value for name, value in found if name in ("address", "version") or name.startswith("parcel-")}


def dispatching(order: Order, parcel: Shipment, of: str) -> str:
    """The page that sends one parcel, or all that are picked."""
    return page(order, parcel, "dispatch") if of == "one" else reverse("admin:checkout_order_dispatch", args=[order.pk])


def take_one_out(parcel: Shipment) -> None:
    fulfilment.split(shipment_id=parcel.pk, units={parcel.lines.get().pk: 1}, by="staff:2")


def statuses(order: Order) -> list[str]:
    return [one.status for one in Shipment.objects.filter(order=order).order_by("id")]


class TestAPageFromBefore:
    """Two people look at the same parcels; what the one changes, the other does not send unseen."""

    @pytest.mark.parametrize("of", ["one", "all"])
    def test_sends_no_parcel_that_was_changed(self, desk: Client, of: str) -> None:
        order, parcel = opened(quantity=3)
        desk.post(page(order, parcel, "pick"))
        url = dispatching(order, parcel, of)
        old = desk.get(url)
        take_one_out(parcel)
        refused = desk.post(url, {**SENT, **hidden(old)})
        sku = parcel.lines.get().order_line.sku
        ready = f"{order.number}-1 (2 × {sku})" + (f", {order.number}-2 (1 × {sku})" if of == "all" else "")
        sentence = f"The parcels were changed meanwhile. Ready to leave now: {ready}. Look at them again."
        assert refused.context["form"].non_field_errors() == [sentence]
        assert statuses(order) == ["picked", "picked"]
        assert hidden(refused) != hidden(old)
        assert desk.post(url, {**SENT, **hidden(refused)})["Location"] == page(order)  # it shows them as they are now
        assert statuses(order) == (["shipped", "picked"] if of == "one" else ["shipped", "shipped"])

    @pytest.mark.parametrize("of", ["one", "all"])
    def test_would_send_it_unguarded(self, desk: Client, of: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """The negative control."""
        monkeypatch.setattr(leaving, "check_shown", lambda *_args, **_kwargs: None)
        order, parcel = opened(quantity=3)
        desk.post(page(order, parcel, "pick"))
        old = hidden(desk.get(dispatching(order, parcel, of)))
        take_one_out(parcel)
        assert desk.post(dispatching(order, parcel, of), {**SENT, **old}).status_code == 302
        assert statuses(order) == (["shipped", "picked"] if of == "one" else ["shipped", "shipped"])

    @pytest.mark.parametrize("of", ["one", "all"])
    def test_sends_nothing_to_an_address_that_it_does_not_show(self, desk: Client, of: str) -> None:
        carts.rates()
        order, parcel = opened()
        desk.post(page(order, parcel, "pick"))
        url = dispatching(order, parcel, of)
        old = hidden(desk.get(url))
        readdress(order)
        refused = desk.post(url, {**SENT, **old})
        assert ["it goes elsewhere" in one for one in refused.context["form"].non_field_errors()] == [True]
        assert (statuses(order), hidden(refused)["address"]) == (["picked"], "1")
        assert "99 Elsewhere Road" in refused.content.decode()
        unsaid = desk.post(url, {**SENT, **hidden(refused)})
        assert ["for the old address" in one for one in unsaid.context["form"].non_field_errors()] == [True]
        assert '<input type="checkbox" name="made_for" value="1">' in unsaid.content.decode()
        assert desk.post(url, {**SENT, **hidden(unsaid), "made_for": "1"}).status_code == 302
        assert statuses(order) == ["shipped"]

    def test_sends_no_parcel_that_was_finished_since(self, desk: Client) -> None:
        order, parcel = opened(quantity=2)
        old = desk.get(dispatching(order, parcel, "all"))
        assert hidden(old) == {"address": "0"}
        desk.post(page(order, parcel, "pick"))
        refused = desk.post(dispatching(order, parcel, "all"), {**SENT, **hidden(old)})
        assert [one.startswith("The parcels were changed") for one in refused.context["form"].non_field_errors()] == [
            True
        ]
        assert statuses(order) == ["picked"]

    def test_sent_twice_sends_once(self, desk: Client) -> None:
        order, parcel = opened()
        desk.post(page(order, parcel, "pick"))
        url = dispatching(order, parcel, "one")
        old = hidden(desk.get(url))
        assert [desk.post(url, {**SENT, **old}).status_code for _ in range(2)] == [302, 302]
        other = desk.post(url, {**SENT, **old, "tracking_number": "another"})
        assert other.context["form"].non_field_errors() == [
            f"Parcel {parcel.number} is shipped: that is not possible any more."
        ]

    def test_takes_no_parcel_for_packed_and_splits_none_that_was_changed(self, desk: Client) -> None:
        order, parcel = opened(quantity=4)
        old = hidden(desk.get(page(order, parcel, "split")))
        assert hidden(desk.get(page(order))) == old == {"version": str(parcel.version)}
        take_one_out(parcel)
        units = {f"units-{parcel.lines.get().pk}": "1"}
        sentence = f"Parcel {parcel.number} was changed meanwhile. Look at it again."
        refused = desk.post(page(order, parcel, "split"), {**units, **old})
        assert refused.context["problems"] == [sentence]
        answer = desk.post(page(order, parcel, "pick"), old, follow=True)
        assert [str(one) for one in answer.context["messages"]] == [sentence]
        assert statuses(order) == ["open", "open"]
        assert desk.post(page(order, parcel, "split"), {**units, **hidden(refused)}).status_code == 302
        now = {"version": str(Shipment.objects.get(pk=parcel.pk).version)}
        for _ in range(2):  # the second one finds it packed
            desk.post(page(order, parcel, "pick"), now)
        assert statuses(order) == ["picked", "open", "open"]


@pytest.mark.parametrize("odd", ["x", "-1", "9" * 12, "²", ""])
def test_A11_a_form_that_says_nonsense_of_what_it_shows_is_answered(desk: Client, odd: str) -> None:
    order, parcel = opened()
    desk.post(page(order, parcel, "pick"))
    url = dispatching(order, parcel, "one")
    told = [{"address": "0", f"parcel-{parcel.pk}": odd}, {"address": "0", "parcel-x": "1"}]
    assert [desk.post(url, {**SENT, **one}).status_code for one in told] == [200, 200]
    assert statuses(order) == ["picked"]


class TestWithLabels:
    """What has a label of its own leaves with that; nobody types it again."""

    @pytest.fixture
    def two(self, desk: Client, settings: Any, tmp_path: Any) -> tuple[Order, Shipment, Shipment]:
        """Two picked parcels of an order, of which the first has a label."""
        settings.CARRIERS, settings.CARRIER_FOLDER = ["demo"], tmp_path
        order, first = opened(quantity=3)
        desk.post(page(order, first, "pick"))
        take_one_out(first)
        labelling.make(shipment_id=first.pk, by="staff:1")
        first, second = Shipment.objects.filter(order=order).order_by("id")
        return order, first, second

    def test_all_leave_without_a_word(self, desk: Client, two: tuple[Order, Shipment, Shipment]) -> None:
        order, first, second = two
        labels = [labelling.make(shipment_id=one.pk, by="staff:1").tracking_number for one in (first, second)]
        url = dispatching(order, first, "all")
        asked = desk.get(url)
        assert (list(asked.context["form"].fields), len(set(labels))) == ([], 2)
        assert "Each leaves with its own label." in asked.content.decode()
        sends = [desk.post(url, hidden(asked)) for _ in range(2)]  # a second click changes nothing
        assert [answer.status_code for answer in sends] == [302, 302]
        gone = Shipment.objects.filter(order=order).order_by("id")
        assert [(one.status, one.tracking_number, one.carrier_code) for one in gone] == [
            ("shipped", labels[0], "demo"), ("shipped", labels[1], "demo"),
        ]  # fmt: skip
        assert not ForgottenLabel.objects.exists()
        assert order.steps.get(trigger="package_dispatched").note == ", ".join(
            f"{one.carrier} {one.tracking_number}" for one in gone
        )

    def test_what_is_typed_is_for_those_without(self, desk: Client, two: tuple[Order, Shipment, Shipment]) -> None:
        order, first, second = two
        url = dispatching(order, first, "all")
        asked = desk.get(url)
        assert f"What you enter is for: {second.number}." in asked.content.decode()
        assert "carrier" in desk.post(url, hidden(asked)).context["form"].errors
        assert desk.post(url, {**SENT, **hidden(asked)}).status_code == 302
        gone = Shipment.objects.filter(order=order).order_by("id")
        assert [(one.status, one.tracking_number) for one in gone] == [
            ("shipped", first.tracking_number), ("shipped", "1Z9"),
        ]  # fmt: skip
        assert not ForgottenLabel.objects.exists()

    def test_another_number_over_a_label_is_said_to_give_it_back(
        self, desk: Client, two: tuple[Order, Shipment, Shipment]
    ) -> None:
        order, first, second = two
        sentence = "Another number gives this label back to its carrier."
        pages = [desk.get(dispatching(order, one, "one")).content.decode() for one in (first, second)]
        assert [sentence in html for html in pages] == [True, False]
        desk.post(dispatching(order, first, "one"), SENT)
        assert ForgottenLabel.objects.get().tracking_number == first.tracking_number


def test_A09_only_those_who_may(client: Client, desk: Client) -> None:
    order, parcel = opened()
    clerk = User.objects.create_user("other@example.com", "a long password", is_staff=True)
    clerk.user_permissions.add(Permission.objects.get(codename="view_order"))
    client.force_login(clerk)
    assert buttons(client, order) == [[]]
    for name in ("pick", "dispatch", "deliver", "split", "move"):
        assert client.post(page(order, parcel, name)).status_code == 403
