import pytest
from django.db import IntegrityError, transaction

from inventory.stock import locations, selectors
from inventory.stock.models import Location
from shop.core import db
from tests.factories.inventory import LocationFactory, stocked
from tests.inventory.checks import events

pytestmark = pytest.mark.django_db


def test_what_is_at_a_location_that_is_switched_off_is_not_sold_and_others_hear_of_it(
    django_capture_on_commit_callbacks,
) -> None:
    place = LocationFactory()
    only_there, also_there = stocked(3, location=place.code), stocked(2)
    stocked(4, variant_id=also_there.variant_id, location=place.code)
    told = len(events("StockChanged"))
    with django_capture_on_commit_callbacks(using=db.INVENTORY) as callbacks:
        locations.switch(location_id=place.pk, is_active=False, by="staff:1")
        locations.switch(location_id=place.pk, is_active=False, by="staff:1")
    assert len(callbacks) == 1
    assert locations.announce(location_id=place.pk) == 2
    expected = {only_there.variant_id: 0, also_there.variant_id: 2}
    assert selectors.available(expected) == expected
    news = events("StockChanged")[told:]
    assert {event["variant_id"]: event["available"] for event in news} == {str(key): n for key, n in expected.items()}


def test_there_is_one_default_location() -> None:
    assert locations.by_code(None) == locations.by_code(None)
    with pytest.raises(IntegrityError), transaction.atomic(using=db.INVENTORY):
        LocationFactory(is_default=True)
    assert Location.objects.filter(is_default=True).count() == 1
