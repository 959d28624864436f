from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

from shop.accounts import selectors, services
from shop.accounts.models import Address, User
from shop.audit.models import AuditEntry
from shop.events.models import OutboxEvent
from shop.notifications.models import Notification
from tests.factories.accounts import ADDRESS, UserFactory, give_second_factor

pytestmark = pytest.mark.django_db


def add(user: User, **changes: object):
    is_default = bool(changes.pop("is_default", False))
    return services.add_address(
        customer_id=user.pk, address={**ADDRESS, **changes}, is_default=is_default, by=f"customer:{user.pk}"
    )


def book(user: User) -> list[tuple[str, bool]]:
    return [(saved.address["city"], saved.is_default) for saved in selectors.addresses_of(user.pk)]


def test_the_first_address_is_the_default_until_another_is() -> None:
    user = UserFactory()
    add(user, city="One")
    add(user, city="Two")
    assert book(user) == [("One", True), ("Two", False)]
    add(user, city="Three", is_default=True)
    assert book(user) == [("Three", True), ("One", False), ("Two", False)]


def test_deleting_the_default_makes_the_oldest_the_default() -> None:
    user = UserFactory()
    first = add(user, city="One")
    add(user, city="Two")
    add(user, city="Three")
    services.delete_address(customer_id=user.pk, address_id=first, by="customer:1")
    assert book(user) == [("Two", True), ("Three", False)]


def test_changing_an_address_keeps_it_the_default() -> None:
    user = UserFactory()
    first, second = add(user, city="One"), add(user, city="Two")
    services.change_address(customer_id=user.pk, address_id=first, address={**ADDRESS, "city": "New"}, by="customer:1")
    assert book(user) == [("New", True), ("Two", False)]
    services.change_address(
        customer_id=user.pk, address_id=second, address={**ADDRESS, "city": "Two"}, is_default=True, by="customer:1"
    )
    assert book(user) == [("Two", True), ("New", False)]


def test_addresses_are_tidied_and_checked_by_their_country() -> None:
    user = UserFactory()
    add(user, state="illinois", city="  Spring\nfield ")
    saved = selectors.default_address(user.pk)
    assert (saved.address["state"], saved.address["city"]) == ("IL", "Spring field")
    assert saved.lines == ["Ada Lovelace", "1 Main Street", "Spring field, IL 62701", "United States of America"]
    with pytest.raises(services.BadAddress) as refused:
        add(user, postal_code="nonsense", last_name="")
    assert refused.value.problems == {"postal_code": "invalid", "last_name": "required"}


def test_other_peoples_addresses_do_not_exist() -> None:
    mine, theirs = UserFactory(), UserFactory()
    address = add(theirs)
    assert selectors.address_of(customer_id=mine.pk, address_id=address) is None
    with pytest.raises(services.NoSuchAddress):
        services.change_address(customer_id=mine.pk, address_id=address, address=ADDRESS, by="customer:1")
    with pytest.raises(services.NoSuchAddress):
        services.delete_address(customer_id=mine.pk, address_id=address, by="customer:1")
    with pytest.raises(services.NoSuchAddress):
        services.delete_address(customer_id=mine.pk, address_id=uuid4(), by="customer:1")
    assert Address.objects.count() == 1


def test_an_address_book_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MAX_ADDRESSES", 2)
    user = UserFactory()
    add(user)
    add(user)
    with pytest.raises(services.AddressBookFull):
        add(user)


def test_consents_are_kept_with_who_gave_them() -> None:
    user = UserFactory()
    assert selectors.preferences_of(user.pk).has_marketing_consent is False
    services.save_preferences(
        customer_id=user.pk,
        language="en",
        has_marketing_consent=True,
        has_profiling_consent=False,
        by=f"customer:{user.pk}",
    )
    assert selectors.preferences_of(user.pk).has_marketing_consent is True
    entry = AuditEntry.objects.get(action="customer.preferences")
    assert (entry.actor, entry.changes) == (f"customer:{user.pk}", {"marketing": True, "profiling": False})


def test_a_changed_consent_is_told_and_the_same_one_is_not() -> None:
    user = UserFactory()
    chosen = {"language": "en", "has_marketing_consent": False, "by": "guest"}
    for agrees in (False, True, True, False):
        services.save_preferences(customer_id=user.pk, has_profiling_consent=agrees, **chosen)

    told = OutboxEvent.objects.filter(event_type="ConsentChanged").values_list("data", flat=True)
    assert list(told) == [{"customer_id": str(user.pk)}] * 2


def test_the_merchant_is_made_and_mended() -> None:
    first = services.ensure_merchant(email="Merchant@example.com", password="a first password")
    User.objects.update(is_staff=False)
    second = services.ensure_merchant(email="merchant@example.com", password="a second password")
    assert second.pk == first.pk
    user = User.objects.get()
    assert (user.email, user.is_staff, user.is_superuser, user.is_active) == ("merchant@example.com", True, True, True)
    assert user.check_password("a second password")
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [
        ("merchant@example.com", True, True)
    ]


def test_a_second_factor_is_taken_off_whole_with_an_entry_and_a_mail() -> None:
    user, other = UserFactory(), UserFactory()
    for one in (user, other):
        give_second_factor(one)
        RecoveryCodes.activate(one)
    assert services.take_off_factor(user_id=user.pk, by="staff:1")
    assert not services.take_off_factor(user_id=user.pk, by="staff:1")
    assert set(Authenticator.objects.values_list("user", flat=True)) == {other.pk}
    assert list(AuditEntry.objects.values_list("action", "actor", "object_id", "changes")) == [
        ("account.factor_off", "staff:1", str(user.pk), {"types": ["recovery_codes", "totp"]})
    ]
    assert [(mail.recipient, mail.context["subject"]) for mail in Notification.objects.all()] == [
        (user.email, "The second factor of your account was taken off")
    ]
    assert (selectors.has_second_factor(user), selectors.has_second_factor(other)) == (False, True)
