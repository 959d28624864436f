"""Ask, be told, leave, be forgotten: the catalogue's part of the waiting line."""

from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core import mail
from django.db.models.functions import Now

from catalog.products import selectors as products
from catalog.products import services as product_services
from catalog.products.models import Product
from catalog.restock import access, receivers, selectors, services, tasks
from catalog.restock.models import RestockRequest
from inventory.stock import services as stock
from inventory.waitlist.models import WaitingEntry
from shop.notifications.models import Notification
from tests.concurrency.race import together
from tests.factories import catalog, translations
from tests.factories.waitlist import lapse, statuses
from tests.inventory.checks import assert_adds_up
from tests.outbox import drain, failures

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _adds_up() -> Any:
    yield
    assert failures() == []
    assert_adds_up()


def sold_out(**fields: Any) -> UUID:
    made = catalog.product(units=0, indexed=False, **fields)
    variant_id = products.variant_of(product_id=made.pk)
    assert variant_id is not None
    return variant_id


def ask(variant_id: UUID, email: str = "ada@example.com", **fields: Any) -> UUID:
    given: dict[str, Any] = {"language": "en", "customer_id": None, "by": "guest", **fields}
    return services.ask(variant_id=variant_id, email=email, **given)


def receive(variant_id: UUID, units: int) -> None:
    stock.receive(variant_id=variant_id, sku="SKU", quantity=units, reason="delivery", by="staff:1")


def mails() -> list[tuple[str, str]]:
    return sorted((message.to[0], message.subject) for message in mail.outbox)


def test_a_request_has_the_key_of_its_place_and_is_confirmed_by_mail() -> None:
    variant = sold_out(name="Oak stool")
    entry = ask(variant, " Ada@Example.com ")
    drain()
    row = RestockRequest.objects.get()
    assert (row.pk, row.email, row.variant_id, row.customer_id) == (entry, "ada@example.com", variant, None)
    assert mails() == [("ada@example.com", "You are in line for Oak stool")]
    text = mail.outbox[0].body
    assert "Your place: number 1." in text
    assert access.url(entry) in text
    assert access.leave_url(entry) in text


def test_who_reads_german_is_told_of_it_by_its_german_name() -> None:
    variant = sold_out(name="Oak stool", slug="oak-stool")
    translations.translated(Product.objects.get(), name="Eichenhocker", indexed=False)
    ask(variant, language="de")
    drain()
    [message] = mail.outbox
    assert "Eichenhocker" in message.subject
    assert "/de/products/oak-stool/" in str(message.body)


def test_asking_again_changes_nothing_and_mails_nothing() -> None:
    variant = sold_out()
    first = ask(variant)
    assert ask(variant, "ADA@example.com") == first
    ask(variant, "bob@example.com")
    assert ask(variant) == first
    drain()
    assert WaitingEntry.objects.count() == len(mail.outbox) == 2


def test_two_at_once_make_one_place() -> None:
    variant = sold_out()
    outcomes = together([partial(ask, variant)] * 4)
    assert len(set(outcomes)) == 1
    assert WaitingEntry.objects.count() == RestockRequest.objects.count() == 1


def test_a_request_whose_place_was_never_taken_keeps_its_key() -> None:
    """The process died between the two databases; the shopper tries again."""
    variant = sold_out()
    row = RestockRequest.objects.create(variant_id=variant, email="ada@example.com")
    assert ask(variant) == row.pk
    assert WaitingEntry.objects.get().pk == row.pk


def test_whose_turn_it_is_gets_a_link_and_the_others_wait() -> None:
    variant = sold_out(name="Oak stool")
    first, second = ask(variant), ask(variant, "bob@example.com")
    drain()
    mail.outbox.clear()
    receive(variant, 1)
    drain()
    assert mails() == [("ada@example.com", "It is your turn: Oak stool is held for you")]
    assert access.url(first) in mail.outbox[0].body
    assert statuses(first, second) == ["offered", "waiting"]


def test_told_twice_is_mailed_once() -> None:
    variant = sold_out()
    entry = ask(variant)
    receive(variant, 1)
    drain()
    for receiver in (receivers.mail_joined, receivers.mail_held):
        receiver({"entry_id": str(entry), "variant_id": str(variant)})
    assert Notification.objects.count() == 2


def test_who_was_passed_over_lines_up_anew_with_a_new_key() -> None:
    variant = sold_out()
    entry, other = ask(variant), ask(variant, "bob@example.com")
    receive(variant, 1)
    drain()
    lapse(entry)
    again = ask(variant)
    drain()
    assert again != entry
    assert RestockRequest.objects.get(email="ada@example.com").pk == again
    place = selectors.place(again)
    assert place is not None
    assert (place.entry.status, place.entry.place) == ("waiting", 2)
    assert statuses(other) == ["waiting"]


def test_what_is_for_sale_is_not_waited_for_and_the_address_is_not_kept() -> None:
    made = catalog.product(units=1, indexed=False)
    variant = products.variant_of(product_id=made.pk)
    assert variant is not None
    with pytest.raises(services.NotSoldOut):
        ask(variant)
    assert not RestockRequest.objects.exists()


def test_what_is_not_sold_any_more_or_never_was_is_not_waited_for() -> None:
    variant = sold_out()
    product_id = products.offers([variant], currency="USD")[variant].product_id
    product_services.archive(product_id=product_id, by="staff:1")
    for key in (variant, uuid4()):
        with pytest.raises(services.UnknownVariant):
            ask(key)
    assert not RestockRequest.objects.exists()


def test_leaving_forgets_the_address_and_gives_the_unit_to_the_next() -> None:
    variant = sold_out()
    first, second = ask(variant), ask(variant, "bob@example.com")
    receive(variant, 1)
    drain()
    assert services.leave(entry_id=first, by="guest") is True
    assert services.leave(entry_id=first, by="guest") is False
    drain()
    assert statuses(first, second) == ["left", "offered"]
    assert list(RestockRequest.objects.values_list("email", flat=True)) == ["bob@example.com"]


def test_what_is_held_for_somebody_unknown_passes_on() -> None:
    variant = sold_out()
    first, second = ask(variant), ask(variant, "bob@example.com")
    RestockRequest.objects.filter(pk=first).delete()
    receive(variant, 1)
    drain()
    assert statuses(first, second) == ["left", "offered"]


def test_an_erased_address_is_in_no_line() -> None:
    variants = [sold_out(), sold_out()]
    entries = [ask(variant) for variant in variants]
    assert services.erase(email="Ada@example.com", by="system") == 2
    assert services.erase(email="ada@example.com", by="system") == 0
    assert statuses(*entries) == ["left", "left"]
    assert not RestockRequest.objects.exists()


def test_an_old_address_is_forgotten_unless_it_waits_still() -> None:
    waits, over, recent = sold_out(), sold_out(), sold_out()
    entries = [ask(variant) for variant in (waits, over, recent)]
    for variant in (over, recent):
        receive(variant, 1)
    drain()
    for entry in entries[1:]:
        lapse(entry)
    long_ago = RestockRequest.objects.exclude(pk=entries[2])
    long_ago.update(created_at=Now() - services.KEEP)
    tasks.forget_ended()
    assert set(RestockRequest.objects.values_list("pk", flat=True)) == {entries[0], entries[2]}
    assert services.forget_ended(batch=1) == 0


def test_a_customers_places(django_assert_max_num_queries) -> None:
    customer = uuid4()
    held, waiting, left = (ask(sold_out(), customer_id=customer) for _ in range(3))
    receive(WaitingEntry.objects.get(pk=held).variant_id, 1)
    drain()
    services.leave(entry_id=left, by="guest")
    with django_assert_max_num_queries(5):
        places = selectors.places_of(customer)
    assert [(place.entry.id, place.entry.status) for place in places] == [(waiting, "waiting"), (held, "offered")]
    assert selectors.places_of(uuid4()) == []


def test_links_are_signed() -> None:
    entry = uuid4()
    token = access.token_of(entry)
    assert access.entry_of(token) == entry
    for forged in ("", token[:-1], entry.hex, token.replace(entry.hex, uuid4().hex), "x" * 5000):
        assert access.entry_of(forged) is None
