"""The shopper's pages of returns: for the one who ordered, and for nobody else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from checkout.orders.models import Order
from checkout.returns import selectors
from checkout.returns import services as returns
from checkout.returns.models import Return, ReturnPhoto
from tests.factories import returns as make
from tests.factories.accounts import StaffFactory, UserFactory
from tests.factories.inventory import stocked
from tests.factories.photos import jpeg

pytestmark = pytest.mark.django_db
NO_PHOTO = "This is not a photo that we can read. Please send a JPEG, PNG or WebP."


@pytest.fixture(autouse=True)
def _rule() -> None:
    make.rule()


@pytest.fixture
def order() -> Order:
    return make.arrived(quantity=2)


def ask_url(order: Order, key: str | None = None) -> str:
    secret = order.access_key if key is None else key
    return reverse("order_return", args=[order.number]) + (f"?key={secret}" if secret else "")


def given(order: Order, **more: Any) -> dict[str, Any]:
    key = make.lines(order)[0].pk.hex
    return {
        f"units_{key}": 1, f"reason_{key}": "does_not_fit", f"condition_{key}": "unopened", "wish": "original",
        "key": "form-1", **more,
    }  # fmt: skip


def photo(content: bytes | None = None, name: str = "a.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content or jpeg(exif=True), "image/jpeg")


def mine(found: Return, name: str = "return", *more: Any, key: str | None = None) -> str:
    secret = found.order.access_key if key is None else key
    return reverse(name, args=[found.number, *more]) + (f"?key={secret}" if secret else "")


def errors(answer: Any) -> list[str]:
    return [text for texts in answer.context["form"].errors.values() for text in texts]


class TestAsking:
    def test_the_form_says_what_is_possible(self, client: Client, order: Order) -> None:
        answer = client.get(ask_url(order))
        html = answer.content.decode()
        assert answer.status_code == 200
        assert "Can be returned until " in html
        assert re.findall(r'<option value="(\d)"', html) == ["0", "1", "2"]
        assert 'value="store_credit"' not in html  # a guest
        assert 'value="exchange"' not in html  # nothing to exchange for
        assert "style=" not in html

    def test_a_wish_with_photos(self, client: Client, order: Order) -> None:
        answer = client.post(ask_url(order), given(order, photos=[photo(), photo()], comment="Too big"))
        [found] = Return.objects.all()
        assert (answer.status_code, answer["Location"]) == (303, mine(found))
        assert (found.status, found.comment, found.actor, found.photos.count()) == ("approved", "Too big", "guest", 2)
        html = client.get(answer["Location"]).content.decode()
        assert 'data-testid="return-status">Approved<' in html
        assert f'data-testid="return-number">{found.number}<' in html
        picture = client.get(mine(found, "return_photo", found.photos.first().pk))
        assert (picture["Content-Type"], picture["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
        assert b"Secret" not in picture.content

    def test_a_second_click_leads_to_the_same_return(self, client: Client, order: Order) -> None:
        answers = [client.post(ask_url(order), given(order)) for _click in range(2)]
        assert {answer.status_code for answer in answers} == {303}
        assert (Return.objects.count(), answers[0]["Location"]) == (1, answers[1]["Location"])

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"units": 0}, "Choose what you want to send back."),
            ({"units": 3}, "%(name)s: only 2 can be returned now."),
            ({"units": "x"}, "%(name)s: only 2 can be returned now."),
            ({"reason": ""}, "Please choose."),
            ({"condition": "gone"}, "Select a valid choice. gone is not one of the available choices."),
        ],
    )
    def test_what_is_missing_or_wrong(
        self, client: Client, order: Order, change: dict[str, Any], sentence: str
    ) -> None:
        key = make.lines(order)[0].pk.hex
        answer = client.post(ask_url(order), given(order) | {f"{name}_{key}": value for name, value in change.items()})
        assert (answer.status_code, errors(answer)) == (422, [sentence % {"name": make.lines(order)[0].name}])
        assert Return.objects.count() == 0

    @pytest.mark.parametrize(
        ("files", "sentence"),
        [
            ([photo(b"<svg xmlns='http://www.w3.org/2000/svg'/>")], NO_PHOTO),
            ([photo(b"\xff\xd8" + b"0" * 20_000_000)], "A photo may have at most 10 MB."),
            ([photo() for _n in range(5)], "At most 4 photos, please."),
        ],
    )  # fmt: skip
    def test_photos_that_are_none(
        self, client: Client, order: Order, files: list[Any], sentence: str, tmp_path: Path
    ) -> None:
        answer = client.post(ask_url(order), given(order, photos=files))
        assert (answer.status_code, errors(answer)) in [(422, [sentence]), (409, [sentence])]
        assert (Return.objects.count(), ReturnPhoto.objects.count(), list(tmp_path.rglob("*.jpg"))) == (0, 0, [])

    def test_photos_of_a_refused_wish_are_not_kept(self, client: Client, order: Order, tmp_path: Path) -> None:
        page = given(order, photos=[photo()])
        make.asked(order, make.wanted(make.lines(order)[0], 2))
        answer = client.post(ask_url(order), page)
        assert answer.status_code == 422
        with pytest.raises(returns.ReturnRefused):
            make.asked(order, pictures=[jpeg()])
        assert list(tmp_path.rglob("*.jpg")) == []

    def test_when_nothing_can_come_back(self, client: Client, order: Order) -> None:
        make.rule(is_final_sale=True)
        answer = client.get(ask_url(order))
        html = answer.content.decode()
        assert "This item was a final sale and cannot be returned." in html
        assert "return-submit-btn" not in html
        assert client.post(ask_url(order), given(order)).status_code == 422

    def test_an_exchange_for_a_variant_in_stock(self, client: Client) -> None:
        order, other = make.exchangeable()
        html = client.get(ask_url(order)).content.decode()
        key = make.lines(order)[0].pk.hex
        assert re.findall(r'<option value="[0-9a-f-]{36}">([^<]+)<', html) == ["L, for the same price"]
        none = "You chose the exchange, but no variant for any item. Choose what you want instead, or another way here."
        answer = client.post(ask_url(order), given(order, wish="exchange"))
        assert (answer.status_code, answer.context["form"].errors) == (
            422, {"wish": [none], f"exchange_{key}": ["Please choose."]},
        )  # fmt: skip
        client.post(ask_url(order), given(order, wish="exchange", **{f"exchange_{key}": str(other.pk)}))
        [found] = Return.objects.all()
        assert (found.wish, found.lines.get().exchange_for) == ("exchange", other.pk)

    def test_a_chosen_exchange_is_not_thrown_away(self, client: Client) -> None:
        """The wish stays at money back, as it is preselected: the form asks, with the choice kept."""
        order, other = make.exchangeable()
        key = make.lines(order)[0].pk.hex
        answer = client.post(ask_url(order), given(order, **{f"exchange_{key}": str(other.pk)}))
        told = "You chose another variant for an item. Choose the exchange here as well, or no variant there."
        assert (answer.status_code, answer.context["form"].errors) == (422, {"wish": [told]})
        assert f'<option value="{other.pk}" selected>' in answer.content.decode()
        assert Return.objects.count() == 0

    def test_the_summary_names_the_item_of_each_problem(self, client: Client) -> None:
        order = make.arrived([stocked(1), stocked(1)])
        lines = make.lines(order)
        for line, name in zip(lines, ("Lamp", "Chair"), strict=True):
            line.name, line.options = name, {}
            line.save(update_fields=["name", "options"])
        sent = {f"units_{line.pk.hex}": 1 for line in lines} | {f"condition_{lines[0].pk.hex}": "unopened"}
        html = client.post(ask_url(order), sent | {"wish": "gold", "key": "form-1"}).content.decode()
        summary = html.partition("data-errors>")[2].partition("</div>")[0]
        assert re.findall(r'<li><a href="#([^"]+)">([^<]+)</a></li>', summary) == [
            (f"id_reason_{lines[0].pk.hex}", "Lamp: Why? Please choose."),
            (f"id_reason_{lines[1].pk.hex}", "Chair: Why? Please choose."),
            (f"id_condition_{lines[1].pk.hex}", "Chair: In which condition is it? Please choose."),
            ("id_wish_0", "Select a valid choice. gold is not one of the available choices."),
        ]
        assert (summary.count("<li>"), 'id="id_wish_0"' in html) == (4, True)


class TestOthers:
    """Nobody sees or moves what is not theirs: 404, the same as for what does not exist."""

    @pytest.mark.parametrize("key", ["", "x" * 32])
    def test_the_form(self, client: Client, order: Order, key: str) -> None:
        assert client.get(ask_url(order, key)).status_code == 404
        assert client.post(ask_url(order, key), given(order)).status_code == 404
        assert Return.objects.count() == 0

    @pytest.mark.parametrize("name", ["return", "return_label", "return_cancel", "return_photo"])
    def test_the_pages(self, order: Order, name: str) -> None:
        found = make.asked(order, pictures=[jpeg()])
        more = [found.photos.get().pk] if name == "return_photo" else []
        stranger = Client()
        stranger.force_login(UserFactory())
        for client in (Client(), stranger):
            assert client.get(mine(found, name, *more, key="")).status_code == 404
        assert Client().get(mine(found, name, *more)).status_code == 200

    @pytest.mark.parametrize("name", ["return_cancel", "return_sent"])
    def test_the_buttons(self, client: Client, order: Order, name: str) -> None:
        found = make.asked(order)
        staff = Client()
        staff.force_login(StaffFactory(is_superuser=True))
        for other in (client, staff):
            assert other.post(mine(found, name, key="")).status_code == 404
        assert selectors.one(found.pk).status == "approved"

    def test_a_photo_of_another_return(self, client: Client, order: Order) -> None:
        one, two = (make.asked(order, pictures=[jpeg()]) for _n in range(2))
        assert client.get(mine(one, "return_photo", two.photos.get().pk)).status_code == 404

    def test_staff_see_photos(self, client: Client, order: Order) -> None:
        found = make.asked(order, pictures=[jpeg()])
        client.force_login(StaffFactory(is_superuser=True))
        assert client.get(mine(found, "return_photo", found.photos.get().pk, key="")).status_code == 200

    def test_a_customer_needs_no_key(self, client: Client) -> None:
        customer = UserFactory()
        order = make.arrived(customer_id=customer.pk)
        client.force_login(customer)
        assert client.get(ask_url(order, "")).status_code == 200
        assert 'value="store_credit"' in client.get(ask_url(order, "")).content.decode()
        client.post(ask_url(order, ""), given(order, wish="store_credit"))
        [found] = Return.objects.all()
        assert (found.actor, found.wish) == (f"customer:{customer.pk}", "store_credit")
        assert client.get(mine(found, key="")).status_code == 200

    def test_no_such_return(self, client: Client) -> None:
        assert client.get(reverse("return", args=["RET-1"])).status_code == 404


class TestPage:
    def test_label_only_once_approved(self, client: Client, order: Order) -> None:
        make.rule(approval="person")
        found = make.asked(order)
        assert client.get(mine(found, "return_label")).status_code == 404
        assert "We will look at it" in client.get(mine(found)).content.decode()
        returns.approve(return_id=found.pk, by="staff:1")
        label = client.get(mine(found, "return_label"))
        assert (label["Content-Type"], label.content[:5]) == ("application/pdf", b"%PDF-")
        assert client.get(mine(found, "return_label")).content == label.content

    def test_sent_and_cancelled(self, client: Client, order: Order) -> None:
        found = make.asked(order)
        client.post(mine(found, "return_sent"), {"note": "1Z9"})
        assert selectors.one(found.pk).status == "in_transit"
        assert 'data-testid="return-cancel-btn"' in client.get(mine(found)).content.decode()
        assert client.get(mine(found, "return_cancel")).status_code == 200
        answer = client.post(mine(found, "return_cancel"), follow=True)
        assert "Your return is cancelled. You keep the items." in answer.content.decode()
        assert selectors.one(found.pk).status == "cancelled"

    def test_too_late_to_cancel_is_said(self, client: Client, order: Order) -> None:
        found = make.back(make.asked(order))
        answer = client.post(mine(found, "return_cancel"), follow=True)
        assert f"The return {found.number} is “received”: this is not possible any more." in answer.content.decode()
        assert "cannot be cancelled any more" in client.get(mine(found, "return_cancel")).content.decode()

    def test_what_was_given_back(self, client: Client, order: Order) -> None:
        found = make.back(make.asked(order))
        returns.reimburse(return_id=found.pk, by="staff:1")
        html = client.get(mine(found)).content.decode()
        assert "$27.50 on " in html
        assert 'data-testid="return-status">Settled<' in html

    @pytest.mark.parametrize("lines", [1, 5])
    def test_the_same_queries_for_one_line_and_for_many(
        self, client: Client, lines: int, django_assert_max_num_queries: Any
    ) -> None:
        order = make.arrived([stocked(1) for _n in range(lines)])
        found = make.asked(order, *(make.wanted(line) for line in make.lines(order)))
        client.get(mine(found))
        with django_assert_max_num_queries(12):
            client.get(mine(found))
        with django_assert_max_num_queries(16):
            client.get(ask_url(order))

    def test_the_private_storage_has_no_address(self) -> None:
        assert storages["private"].base_location != storages["default"].base_location
