"""The draft's screen: what staff press, and what they get."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from checkout.drafts import selectors, services
from checkout.drafts.models import Draft
from checkout.orders.models import Order
from shop.accounts.models import User
from tests.factories import cart as carts
from tests.factories.checkout import ADDRESS

pytestmark = pytest.mark.django_db(transaction=True)

NEW = "/admin/checkout/draft/new/"


@pytest.fixture(autouse=True)
def _shop(settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = False
    carts.rates()


@pytest.fixture
def desk(client: Client) -> Client:
    """Somebody who may make orders, and nothing else."""
    clerk = User.objects.create_user("clerk@example.com", "a long password", is_staff=True)
    clerk.user_permissions.add(*Permission.objects.filter(codename__in=["edit_order", "view_order"]))
    client.force_login(clerk)
    return client


def entered(*wanted: tuple[Any, Any], **more: str) -> dict[str, str]:
    given = {"email": "Ada@Example.com", "currency": "USD", "language": "en", "way": "link", "step": "save"}
    given |= {f"to-{name}": value for name, value in ADDRESS.items()}
    given |= {f"add-{carts.variant_of(one).pk}": str(count) for one, count in wanted}
    return given | more


def page(draft: Draft) -> str:
    return reverse("admin:checkout_draft_change", args=[draft.pk])


def made(desk: Client, *wanted: tuple[Any, Any], **more: str) -> Draft:
    desk.post(NEW, entered(*wanted, **more))
    return Draft.objects.latest("id")


def sent(draft: Draft, *wanted: tuple[Any, Any], **more: str) -> dict[str, str]:
    """As the screen of a kept draft posts it."""
    look = selectors.look(draft)
    return entered(*wanted, **{"version": str(look.cart.version), "seen_total": str(look.total), **more})


def test_nothing_can_be_placed_before_there_is_something(desk: Client) -> None:
    draft = made(desk)
    html = desk.get(page(draft)).content.decode()
    assert "Place the order for" not in html
    assert html.count("Nothing is held in stock before it is placed.") == 1


def test_a_phone_order_from_nothing_to_the_link(desk: Client) -> None:
    product = carts.product(units=5, amount=2500, name="Desk lamp")
    assert desk.get(NEW).status_code == 200
    assert not Draft.objects.exists()
    draft = made(desk, (product, 2), note="Called")
    assert (draft.email, draft.note, draft.shipping_address["city"]) == ("ada@example.com", "Called", "Springfield")
    html = desk.get(page(draft)).content.decode()
    assert 'data-testid="draft-total">$59.12<' in html
    assert "Place the order for $59.12" in html
    answer = desk.post(page(draft), sent(draft, (product, 2), step="place"))
    order = Order.objects.get()
    assert answer["Location"] == reverse("admin:checkout_order_change", args=[order.pk])
    assert (order.total_minor, order.status) == (5912, "payment_pending")
    html = desk.get(page(draft)).content.decode()
    assert f"{order.number}</a> (Payment Pending)." in html
    assert html.count("Nothing is held in stock before it is placed.") == 0  # it is held now
    again = desk.post(page(draft), sent(draft, (product, 3), step="place"))
    assert again["Location"] == answer["Location"]
    assert Order.objects.count() == 1


def test_what_was_entered_is_kept_before_the_order_is_placed(desk: Client) -> None:
    """Another number of units makes another total: it is shown first."""
    product = carts.product(units=5, amount=2500)
    draft = made(desk, (product, 1))
    answer = desk.post(page(draft), sent(draft, (product, 2), step="place"), follow=True)
    assert [str(one) for one in answer.context["messages"]] == ["The total has changed to $59.12. Please confirm it."]
    assert not Order.objects.exists()
    desk.post(page(draft), sent(draft, (product, 2), step="place"))
    assert Order.objects.get().total_minor == 5912


def test_finding_by_sku_and_by_name(desk: Client) -> None:
    product = carts.product(name="Walnut desk")
    sku = carts.variant_of(product).sku
    draft = made(desk)
    for text in (sku, sku.lower(), sku[:5]):
        answer = desk.post(page(draft), sent(draft, step="find", q=text), follow=True)
        assert [one.sku for one in answer.context["found"]] == [sku], text
    answer = desk.get(page(draft), {"q": "nothing of the kind"})
    assert "Nothing else that is sold begins with or is called “nothing of the kind”." in answer.content.decode()


def test_a_customer_is_found_and_brings_the_address(desk: Client) -> None:
    person = User.objects.create_user("bert@example.com", "a long password")
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    empty = {f"to-{name}": "" for name in ADDRESS if name != "country"}
    earlier = carts.order(carts.cart((carts.product(), 1)), email="bert@example.com")
    assert "Enter a valid email address." in desk.post(NEW, entered(email="ber")).content.decode()
    draft = made(desk, **empty, email="")
    answer = desk.get(page(draft), {"who": "ber"})
    assert answer.context["page"].people == [(person.pk, "bert@example.com")]
    desk.post(page(draft), sent(draft, use="bert@example.com", email="", **empty))
    draft.refresh_from_db()
    assert (draft.email, draft.customer_id) == ("bert@example.com", person.pk)
    assert draft.shipping_address == earlier.shipping_address


@pytest.mark.parametrize("use", ["nobody@example.com", "x" * 300])
def test_nobody_is_picked_who_is_no_customer(desk: Client, use: str) -> None:
    draft = made(desk)
    before = draft.email
    assert desk.post(page(draft), sent(draft, use=use)).status_code == 302
    draft.refresh_from_db()
    assert (draft.email, draft.customer_id) == (before, None)


@pytest.mark.parametrize(
    ("count", "sentence"),
    [
        ("-1", "A number of units is a whole number from 0 to 999."),
        ("1000", "A number of units is a whole number from 0 to 999."),
        ("1.5", "A number of units is a whole number from 0 to 999."),
        ("many", "A number of units is a whole number from 0 to 999."),
        ("9" * 40, "A number of units is a whole number from 0 to 999."),
    ],
)
def test_bad_numbers_are_said(desk: Client, count: str, sentence: str) -> None:
    answer = desk.post(NEW, entered((carts.product(), count)))
    assert answer.context["page"].problems == [sentence]
    assert not Draft.objects.exists()


def test_what_is_not_known_or_not_sold_is_said(desk: Client) -> None:
    product = carts.product(name="Lamp")
    answer = desk.post(NEW, entered() | {"add-00000000-0000-0000-0000-000000000001": "1", "add-x": "1"})
    assert answer.context["page"].problems == ["This product does not exist."]
    answer = desk.post(NEW, entered((product, 1), currency="XXX"))
    assert "Select a valid choice" in answer.content.decode()
    carts.ShippingMethod.objects.create(code="eu", name="EU", price_minor=1, currency="EUR", min_days=1, max_days=2)
    answer = desk.post(NEW, entered((product, 1), currency="EUR"))
    sku = carts.variant_of(product).sku
    assert answer.context["page"].problems == [f"“Lamp” ({sku}) is not for sale."]
    assert not Draft.objects.exists()


def test_two_at_once(desk: Client) -> None:
    product = carts.product(units=5)
    draft = made(desk, (product, 1))
    older = sent(draft, (product, 3))
    desk.post(page(draft), sent(draft, (product, 2)))
    answer = desk.post(page(draft), older, follow=True)
    assert [str(one) for one in answer.context["messages"]] == [
        "Somebody else has changed this meanwhile. Here is how it is now."
    ]
    assert [choice.quantity for choice, _line in answer.context["chosen"]] == [2]


class TestDeleting:
    def test_it_is_asked_first(self, desk: Client) -> None:
        product = carts.product(name="Desk lamp")
        draft = made(desk, (product, 2))
        url = reverse("admin:checkout_draft_delete", args=[draft.pk])
        assert url in desk.get(page(draft)).content.decode()
        html = desk.get(url).content.decode()
        assert (f"Delete {draft}?" in html, "2 × Desk lamp" in html, Draft.objects.count()) == (True, True, 1)
        assert desk.post(url)["Location"] == reverse("admin:checkout_draft_changelist")
        assert not Draft.objects.exists()

    def test_what_somebody_else_has_deleted_is_said_to_be_gone(self, desk: Client) -> None:
        product = carts.product()
        draft = made(desk, (product, 1))
        data, url = sent(draft, (product, 2)), reverse("admin:checkout_draft_delete", args=[draft.pk])
        services.delete(draft_id=draft.pk, by="staff:2")
        for answer in (
            desk.post(page(draft), data, follow=True),
            desk.get(page(draft), follow=True),
            desk.get(url, follow=True),
            desk.post(url, follow=True),
        ):
            assert answer.redirect_chain == [(reverse("admin:checkout_draft_changelist"), 302)]
            assert [str(one) for one in answer.context["messages"]] == [
                "This draft is not there any more: it was deleted."
            ]

    def test_what_became_an_order_stays(self, desk: Client) -> None:
        product = carts.product()
        draft = made(desk, (product, 1))
        desk.post(page(draft), sent(draft, (product, 1), step="place"))
        url = reverse("admin:checkout_draft_delete", args=[draft.pk])
        assert desk.get(url)["Location"] == desk.post(url)["Location"] == page(draft)
        assert Draft.objects.count() == 1


def test_a_new_draft_from_an_order(desk: Client) -> None:
    product = carts.product(units=9)
    order = carts.order(carts.cart((product, 2)))
    url = reverse("admin:checkout_draft_from", args=[order.pk])
    assert desk.get(url).status_code == 405
    answer = desk.post(url)
    draft = Draft.objects.get()
    assert answer["Location"] == page(draft)
    assert selectors.look(draft).total == order.total


def test_A09_only_those_who_may(client: Client, desk: Client) -> None:
    draft = made(desk, (carts.product(), 1))
    for way in services.HERE:
        data = sent(draft, step="place", way=way, receipt="7")
        assert desk.post(page(draft), data).status_code == 403  # may make orders, not say that money came
    assert not Order.objects.exists()
    client.force_login(User.objects.create_user("other@example.com", "a long password", is_staff=True))
    delete = reverse("admin:checkout_draft_delete", args=[draft.pk])
    for url in (NEW, page(draft), delete, reverse("admin:checkout_draft_changelist")):
        assert client.get(url).status_code == 403
        assert client.post(url, entered()).status_code == 403


def test_cash(client: Client) -> None:
    client.force_login(User.objects.create_superuser("merchant@example.com", "a long password"))
    product = carts.product()
    draft = made(client, (product, 1))
    client.post(page(draft), sent(draft, (product, 1), step="place", way="cash"))
    order = Order.objects.get()
    assert (order.status, order.payment_state) == ("payment_confirmed", "paid")
    assert order.payments.get().provider == "cash"


def test_the_screen_asks_the_same_number_of_questions(desk: Client, django_assert_max_num_queries: Any) -> None:
    draft = made(desk, *((carts.product(units=3), 1) for _ in range(6)))
    desk.get(page(draft))
    with django_assert_max_num_queries(32):
        assert desk.get(page(draft)).status_code == 200
