from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from catalog.products import tree
from catalog.products.models import Product
from catalog.recommendations import behaviour, rebuilding, selectors, services, shelves, tasks, taste
from catalog.recommendations.models import Neighbours, Profile, View
from shop.accounts import services as accounts
from shop.accounts.models import User
from shop.core import db
from shop.resilience import breaker, switches
from tests import outbox
from tests.factories import catalog
from tests.factories import recommendations as make
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _closed() -> None:
    breaker.reset(shelves.NAME)


def agree(user: User, agrees: bool = True) -> None:
    accounts.save_preferences(
        customer_id=user.pk, language="en", has_marketing_consent=False, has_profiling_consent=agrees, by="guest"
    )
    outbox.drain()


@pytest.fixture
def ada(client: Client) -> User:
    """A customer who agreed, signed in."""
    user: User = UserFactory()
    agree(user)
    client.force_login(user)
    return user


def look(client: Client, product: Product, **headers: str) -> Any:
    return client.get(reverse("product_seen", args=[product.slug]), headers=headers)


def names(response: Any) -> list[str]:
    return re.findall(r'class="card__link" href="[^"]*">([^<]*)<', response.content.decode())


def near(product: Product, *others: Product) -> None:
    ids = [one.pk for one in others]
    weights = list(range(50_000, 50_000 - len(ids), -1))
    Neighbours.objects.create(product_id=product.pk, kind="together", others=ids, weights=weights)


def test_what_a_customer_who_agreed_looks_at_is_kept(client: Client, ada: User) -> None:
    mug, tray = catalog.product(name="Mug"), catalog.product(name="Tray")

    look(client, mug)
    look(client, tray, **{"User-Agent": "Mobile Safari"})
    look(client, mug)  # just now

    rows = View.objects.order_by("seen_at").values_list("customer_id", "product_id", "device")
    assert list(rows) == [(ada.pk, mug.pk, "computer"), (ada.pk, tray.pk, "phone")]
    View.objects.update(seen_at=db.clock(db.CATALOG) - timedelta(minutes=31))
    look(client, mug)
    assert View.objects.count() == 3


def test_of_others_nothing_is_kept_but_in_their_browser(client: Client) -> None:
    mug = catalog.product()
    look(client, mug)
    client.force_login(UserFactory())
    look(client, mug)

    assert not View.objects.exists()
    assert not Profile.objects.exists()


def test_while_shed_nothing_is_kept(client: Client, ada: User) -> None:
    switches.shed("recommendations")

    assert look(client, catalog.product()).status_code == 200
    assert not View.objects.exists()


def test_looking_works_without_the_table(client: Client, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    def broken(**what: Any) -> bool:
        raise OperationalError("the disk is full")

    monkeypatch.setattr(behaviour, "look", broken)

    assert look(client, catalog.product()).status_code == 200


def test_who_agrees_has_a_profile_at_once_and_who_agrees_no_more_has_nothing(client: Client, ada: User) -> None:
    lamp, bulb = catalog.product(name="Lamp"), catalog.product(name="Bulb")
    near(lamp, bulb)
    look(client, lamp)
    tasks.refresh_profiles()
    assert Profile.objects.get().product_ids == [bulb.pk]

    agree(ada, False)

    assert not View.objects.exists()
    assert not Profile.objects.exists()
    make.bought([lamp], customer_id=ada.pk)
    agree(ada)
    assert Profile.objects.get().product_ids == [bulb.pk]


def test_without_consent_nothing_is_shown_even_before_it_is_deleted(client: Client, ada: User) -> None:
    lamp, bulb = catalog.product(name="Lamp"), catalog.product(name="Bulb")
    near(lamp, bulb)
    behaviour.look(customer_id=ada.pk, product_id=lamp.pk, device="phone")
    tasks.refresh_profiles()
    assert names(client.get("/recommendations/", headers=HTMX)) == ["Bulb", "Lamp"]

    ada.preferences.has_profiling_consent = False  # type: ignore[attr-defined]
    ada.preferences.save()  # type: ignore[attr-defined]  # and no event yet

    assert names(client.get("/recommendations/", headers=HTMX)) == []
    assert look(client, bulb).status_code == 200
    assert View.objects.count() == 1
    behaviour.refresh(customer_id=ada.pk)
    assert not Profile.objects.exists()


def test_what_is_for_you_follows_what_you_do(client: Client, ada: User) -> None:
    lamp, bulb, shade, saw, file = (catalog.product(name=name) for name in ("Lamp", "Bulb", "Shade", "Saw", "File"))
    near(lamp, bulb, shade)
    near(saw, file)
    services.note_order(
        order_id=db.uuid7(),
        at=db.clock(),
        customer_id=ada.pk,
        variant_ids=[lamp.variants.get().pk, shade.variants.get().pk],
    )
    assert Profile.objects.get().is_stale
    tasks.refresh_profiles()

    page = client.get("/recommendations/", headers=HTMX)
    assert ("For you" in page.content.decode(), names(page)) == (True, ["Bulb"])  # neither owned nor bought

    look(client, saw)
    assert Profile.objects.get().is_stale
    tasks.refresh_profiles()
    assert not Profile.objects.get().is_stale
    assert names(client.get("/recommendations/", headers=HTMX)) == ["Bulb", "File", "Saw"]
    client.post("/cart/add/", {"product": str(bulb.pk)})
    assert names(client.get("/recommendations/", headers=HTMX)) == ["File", "Saw"]


def test_what_was_looked_at_elsewhere_is_shown_too(ada: User) -> None:
    here, there, both = (catalog.product(name=name) for name in ("Here", "There", "Both"))
    for product in (there, both):
        behaviour.look(customer_id=ada.pk, product_id=product.pk, device="phone")
    browser = Client()
    browser.force_login(ada)
    look(browser, both)
    look(browser, here)

    assert names(browser.get("/recommendations/", headers=HTMX)) == ["Here", "Both", "There"]


def test_a_whole_profile(ada: User) -> None:
    """Of somebody with orders and looks in a shop with categories, brands and sales; what is liked comes first."""
    lamps, saws = catalog.category("Home", "Lamps"), catalog.category("Tools", "Saws")
    brand = catalog.BrandFactory(name="Keel")
    mine = [catalog.product(name=f"Lamp {n}", category=lamps, brand=brand, amount=2000, sale=1500) for n in range(4)]
    others = [catalog.product(name=f"Saw {n}", category=saws, amount=9000) for n in range(4)]
    now = db.clock(db.CATALOG)
    make.bought([mine[0], mine[1]], [mine[1]], customer_id=ada.pk, at=now - timedelta(days=3))
    make.bought([others[0], mine[2]], [others[1], mine[3]], [others[2]], at=now - timedelta(days=1))
    for _ in range(2):
        behaviour.look(customer_id=ada.pk, product_id=others[3].pk, device="phone")
    rebuilding.rebuild()

    behaviour.refresh(customer_id=ada.pk)

    row = Profile.objects.get()
    home, tools = str(catalog.category("Home").pk), str(catalog.category("Tools").pk)
    assert row.features["categories"][home] > 0.9 > 0.1 > row.features["categories"][tools]
    assert (row.features["brands"], row.features["orders"], row.features["reduced"]) == (
        {"keel": row.features["categories"][home]},
        2,
        1,
    )
    assert row.features["value_minor"] == 2250
    assert 2.9 < row.features["recency_days"] < 3.1
    owned = {mine[0].pk, mine[1].pk}
    assert set(row.product_ids[:2]) == {mine[2].pk, mine[3].pk}
    assert not owned & {*row.product_ids}
    assert row.made_at is not None


def test_a_profile_costs_few_queries_and_reading_it_two(ada: User, counting: Any) -> None:
    made = [catalog.product(category=catalog.category("Home")) for _ in range(12)]
    make.bought(made[:2], customer_id=ada.pk)
    tree.tree()
    with counting() as few:
        taste.of(ada.pk, without=())
    make.bought(*[[one] for one in made], customer_id=ada.pk)
    with counting() as many:
        taste.of(ada.pk, without=())

    assert few() == many() <= 10
    near(made[0], catalog.product())
    behaviour.refresh(customer_id=ada.pk)
    with counting() as read:
        selectors.for_you(ada.pk, moment="phone evening")
    assert read() == 2


def test_stale_profiles_are_made_in_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(behaviour, "BATCH", 2)
    people = [UserFactory() for _ in range(5)]
    for user in people:
        agree(user)
    Profile.objects.update(is_stale=True, made_at=None)

    tasks.refresh_profiles()

    assert Profile.objects.filter(is_stale=False, made_at__isnull=False).count() == 5


def test_a_profile_without_anything_shows_what_trends(client: Client, ada: User) -> None:
    make.bought([catalog.product(name="Mug")], at=db.clock(db.CATALOG) - timedelta(hours=1))
    tasks.refresh_trends()
    behaviour.refresh(customer_id=ada.pk)
    assert names(client.get("/recommendations/", headers=HTMX)) == ["Mug"]

    behaviour.look(customer_id=ada.pk, product_id=Product.objects.get().pk, device="phone")
    behaviour.refresh(customer_id=ada.pk)
    found = client.get("/recommendations/", headers=HTMX)
    assert ("For you" in found.content.decode(), names(found)) == (False, ["Mug"])  # it was looked at
