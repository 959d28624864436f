"""The merchant's pages of returns and their rules."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from checkout.payments.models import Refund
from checkout.returns import selectors
from checkout.returns.models import Reimbursement, Return, ReturnRule
from inventory.stock.models import StockItem
from shop.audit.models import AuditEntry
from tests import outbox
from tests.factories import catalog
from tests.factories import returns as make
from tests.factories.accounts import StaffFactory
from tests.factories.inventory import LocationFactory, stocked
from tests.factories.photos import jpeg

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rule() -> None:
    make.rule()


@pytest.fixture
def merchant(settings: Any) -> Client:
    settings.STAFF_MFA_REQUIRED = False
    return staff("handle_return")


def staff(*permissions: str) -> Client:
    person = StaffFactory()
    person.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(person)
    return client


def at(found: Return, page: str = "change") -> str:
    return reverse(f"admin:checkout_return_{page}", args=[found.pk])


def seen(found: Return) -> dict[str, int]:
    return {"seen": len(selectors.steps_of(found.pk))}


def said(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def test_a_return_from_the_list_to_the_money(merchant: Client) -> None:
    item = stocked(3)
    order = make.arrived([item], quantity=3)
    make.rule(approval="person")
    found = make.asked(order, make.wanted(make.lines(order)[0], 3), pictures=[jpeg()], comment="Too big")
    html = merchant.get(reverse("admin:checkout_return_changelist")).content.decode()
    assert found.number in html
    page = merchant.get(at(found)).content.decode()
    assert "Too big" in page
    assert reverse("return_photo", args=[found.number, found.photos.get().pk]) in page
    merchant.post(at(found, "approve"), {"note": ""})
    LocationFactory(code="east", name="East")
    [line] = selectors.lines_of(found.pk)
    noted = {"location": "east", line.pk.hex: 2, "note": "first parcel"}
    merchant.post(at(found, "receive"), noted | seen(found))
    answer = merchant.post(at(found, "scan"), {"location": "east", "code": item.sku}, follow=True)
    assert said(answer)[-1] == f"1 × {line.order_line.name} received."
    verdicts = {f"restock_{line.pk.hex}": 2, f"accept_restock_{line.pk.hex}": "on", f"damaged_{line.pk.hex}": 1}
    merchant.post(at(found, "inspect"), verdicts | seen(found))
    outbox.drain(mails=False)
    assert StockItem.objects.get(location__code="east").on_hand == 2
    page = merchant.get(at(found)).content.decode()
    assert re.findall(r'data-testid="return-state"><strong>(\d)</strong> <span>([^<]*)', page) == [
        ("2", "received · Back on the shelf · accepted · East · in stock"), ("1", "received · Damaged · refused · East")
    ]  # fmt: skip
    shown = merchant.get(at(found, "settle"))
    html = shown.content.decode()
    assert 'data-testid="settlement-amount">$53.33<' in html
    assert "Goes back: Card" in html
    done = merchant.post(
        at(found, "settle"), {"to": "original", "seen": shown.context["settlement"]["mark"]}, follow=True
    )
    assert said(done) == ["Settled: $53.33."]
    assert [refund.amount_minor for refund in Refund.objects.all()] == [5333]
    again = merchant.post(at(found, "settle"), {"to": "original", "seen": shown.context["settlement"]["mark"]})
    assert said(again) == []  # once: it stands on the page
    assert again.context["problem"].startswith(f"There is nothing to settle in {found.number}")
    assert Reimbursement.objects.count() == 1


def test_amounts_that_stand_below_each_other_on_a_phone_say_what_they_are(merchant: Client) -> None:
    html = merchant.get(at(make.back(make.asked(make.arrived())), "settle")).content.decode()
    table = html.split('data-testid="settlement">')[1].split("</table>")[0]
    heads = re.findall(r'class="is-number">([^<]*)</th>', table)
    assert re.findall(r'<td class="is-number" data-label="([^"]*)">', table) == heads == [
        "Price", "Discount", "Delivery", "Tax", "Together",
    ]  # fmt: skip


def test_the_only_way_to_settle_is_told_and_not_chosen(merchant: Client) -> None:
    html = merchant.get(at(make.back(make.asked(make.arrived())), "settle")).content.decode()
    told = re.findall(r'data-testid="settle-only-way">Where it goes: <strong>([^<]*)', html)
    assert (told, "?to=" in html) == (["Money back the way it was paid"], False)


def test_what_has_changed_since_it_was_shown_is_shown_again(merchant: Client) -> None:
    found = make.back(make.asked(make.arrived()))
    answer = merchant.post(at(found, "settle"), {"to": "original", "seen": "0" * 32})
    assert said(answer) == ["This has changed since you looked at it. Please look at it once more; nothing was done."]
    assert answer.context["settlement"]["amount"].minor == 3000
    assert Reimbursement.objects.count() == 0


def test_a_scanned_number_leads_to_its_return(merchant: Client) -> None:
    found = make.asked(make.arrived())
    answer = merchant.get(reverse("admin:checkout_return_changelist"), {"q": f" {found.number.lower()} "})
    assert answer["Location"] == at(found)


def test_a_search_finds_the_returns_of_an_order(merchant: Client) -> None:
    one, other = make.asked(make.arrived()), make.asked(make.arrived())
    url = reverse("admin:checkout_return_changelist")
    html = merchant.get(url, {"q": f" {one.order.number.lower()} "}).content.decode()
    assert (one.number in html, other.number in html) == (True, False)
    assert one.number not in merchant.get(url, {"q": "RET-1"}).content.decode()


def test_a_search_finds_the_returns_of_an_email_address(merchant: Client) -> None:
    one, other = make.asked(make.arrived()), make.asked(make.arrived())
    type(one.order).objects.filter(pk=one.order_id).update(email="grace@example.org")
    url = reverse("admin:checkout_return_changelist")
    for term in ("Grace@example.org", " grace@"):
        html = merchant.get(url, {"q": term}).content.decode()
        assert (one.number in html, other.number in html) == (True, False)


@pytest.mark.parametrize(
    ("code", "sentence"),
    [("NOPE", "“NOPE” is not in this return."), ("", "")],
)
def test_a_scan_that_is_not_in_it(merchant: Client, code: str, sentence: str) -> None:
    found = make.asked(make.arrived())
    answer = merchant.post(at(found, "scan"), {"location": "default", "code": code}, follow=True)
    assert said(answer) == ([sentence] if sentence else [])
    assert selectors.one(found.pk).status == "approved"


def test_refusals_come_back_onto_the_page(merchant: Client) -> None:
    found = make.back(make.asked(make.arrived()))
    answer = merchant.post(at(found, "refuse"), {"reason": "No"})
    assert answer.context["form"].non_field_errors() == [
        f"The return {found.number} is “received”: this is not possible any more."
    ]
    [line] = selectors.lines_of(found.pk)
    answer = merchant.post(at(found, "receive"), {"location": "default", line.pk.hex: 0} | seen(found))
    assert answer.context["form"].non_field_errors() == ["Say how many units have come."]
    answer = merchant.post(at(found, "inspect"), seen(found))
    assert answer.context["form"].non_field_errors() == ["Say what you have found."]


@pytest.mark.parametrize("page", ["receive", "inspect"])
def test_the_same_form_sent_twice_counts_once(merchant: Client, page: str) -> None:
    """Of two units one came; whoever presses again, or has a second tab open, is told that it was noted."""
    order = make.arrived([stocked(3)], quantity=2)
    found = make.asked(order, make.wanted(make.lines(order)[0], 2))
    [line] = selectors.lines_of(found.pk)
    field = line.pk.hex if page == "receive" else f"lost_{line.pk.hex}"
    opened = merchant.get(at(found, page)).context["form"]
    given = {"location": "default", field: 1, "seen": opened["seen"].value()}
    assert merchant.post(at(found, page), given).status_code == 302
    again = merchant.post(at(found, page), given)
    assert again.context["form"].non_field_errors() == [
        f"Something else was noted for {found.number} meanwhile. Please open this page again and look."
    ]
    done = "received" if page == "receive" else "lost"
    assert sorted(unit.reception for unit in selectors.units_of(found.pk)) == sorted(["awaiting", done])


@pytest.mark.parametrize("page", ["receive", "inspect"])
def test_a_form_that_does_not_say_when_it_was_opened_does_nothing(merchant: Client, page: str) -> None:
    found = make.asked(make.arrived())
    [line] = selectors.lines_of(found.pk)
    merchant.post(at(found, page), {"location": "default", line.pk.hex: 1, f"lost_{line.pk.hex}": 1})
    assert [unit.reception for unit in selectors.units_of(found.pk)] == ["awaiting"]


def test_another_decision(merchant: Client) -> None:
    found = make.back(make.asked(make.arrived()), outcome="damaged", is_accepted=False)
    [line] = selectors.lines_of(found.pk)
    assert merchant.get(at(found, "decide")).status_code == 200
    merchant.post(at(found, "decide"), {"line": str(line.pk), "units": 1, "is_accepted": "1", "note": "goodwill"})
    assert [unit.acceptance for unit in selectors.units_of(found.pk)] == ["accepted"]


@pytest.mark.parametrize("page", ["approve", "refuse", "receive", "scan", "inspect", "decide", "settle"])
def test_it_takes_the_permission(settings: Any, page: str) -> None:
    settings.STAFF_MFA_REQUIRED = False
    found = make.asked(make.arrived())
    viewer = staff("view_return")
    assert viewer.get(at(found)).status_code == 200
    assert "/settle/" not in viewer.get(at(found)).content.decode()
    for method in ("get", "post"):
        assert getattr(viewer, method)(at(found, page)).status_code == 403
    assert staff("view_order").get(at(found)).status_code == 403


def test_no_such_return(merchant: Client) -> None:
    found = make.asked(make.arrived())
    url = at(found, "settle")
    found.delete()
    assert merchant.get(url).status_code == 404


@pytest.mark.parametrize("count", [1, 8])
def test_the_list_costs_the_same_for_one_and_for_many(
    merchant: Client, count: int, django_assert_max_num_queries: Any
) -> None:
    order = make.arrived(quantity=8)
    for _turn in range(count):
        make.asked(order)
    url = reverse("admin:checkout_return_changelist")
    merchant.get(url)
    with django_assert_max_num_queries(14):
        merchant.get(url)


class TestRules:
    RULE = {
        "position": 1, "name": "Shoes", "window_days": 14, "approval": "person", "label_paid_by": "shopper",
        "conditions": ["unopened", "like_new"], "is_active": "on",
    }  # fmt: skip

    @pytest.fixture
    def owner(self, settings: Any) -> Client:
        settings.STAFF_MFA_REQUIRED = False
        client = Client()
        client.force_login(StaffFactory(is_superuser=True))
        return client

    def test_added_with_its_scope(self, owner: Client) -> None:
        shoe = catalog.product(category=catalog.category("Clothes", "Shoes"), sku="SHOE-1")
        answer = owner.post(
            reverse("admin:checkout_returnrule_add"),
            self.RULE | {"category_path": "clothes/shoes", "product_type": "thing", "sku": "SHOE-1"},
        )
        assert answer.status_code == 302
        rule = ReturnRule.objects.get(name="Shoes")
        assert (rule.category_path, rule.product_type, rule.product_id) == ("clothes/shoes", "thing", shoe.pk)
        assert (rule.conditions, rule.refunds_delivery, rule.window_days) == (["unopened", "like_new"], False, 14)
        page = owner.get(reverse("admin:checkout_returnrule_changelist")).content.decode()
        assert "clothes/shoes, one product, thing" in page
        assert "14 days, by a person, without delivery" in page
        assert "SHOE-1" in owner.get(reverse("admin:checkout_returnrule_change", args=[rule.pk])).content.decode()
        assert AuditEntry.objects.filter(action="return_rule.add").count() == 1

    @pytest.mark.parametrize(
        ("given", "sentence"),
        [
            ({"sku": "NOPE"}, "No product has this SKU."),
            ({"window_days": -1}, "Ensure this value is greater than or equal to 0."),
            ({"conditions": ["new"]}, "Select a valid choice. new is not one of the available choices."),
            ({"category_path": "moon"}, "Select a valid choice. moon is not one of the available choices."),
        ],
    )
    def test_what_makes_no_sense(self, owner: Client, given: dict[str, Any], sentence: str) -> None:
        answer = owner.post(reverse("admin:checkout_returnrule_add"), self.RULE | given)
        errors = answer.context["adminform"].form.errors
        assert [text for texts in errors.values() for text in texts] == [sentence]

    def test_deleted_with_a_trace(self, owner: Client) -> None:
        rule = ReturnRule.objects.get()
        owner.post(reverse("admin:checkout_returnrule_delete", args=[rule.pk]), {"post": "yes"})
        assert ReturnRule.objects.count() == 0
        assert AuditEntry.objects.filter(action="return_rule.delete").count() == 1
