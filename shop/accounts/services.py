"""The accounts' commands: address book, preferences, second factor, demo merchant, what follows a proven address."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.utils import translation

from shop.accounts import emails, locking, selectors
from shop.accounts.models import Address, Preferences, User
from shop.audit import services as audit
from shop.core import addresses, db
from shop.events import bus, types
from shop.notifications import services as notifications

MAX_ADDRESSES = 50


def prefer_currency(*, customer_id: UUID, currency: str) -> None:
    """Remember in what a customer pays, on every device; the caller has checked the code."""
    User.objects.filter(pk=customer_id).exclude(currency=currency).update(currency=currency)


class BadAddress(ValueError):
    """`problems`: what is wrong, by field ("required", "invalid", "too_long")."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(", ".join(sorted(problems)))
        self.problems = problems


class AddressBookFull(Exception):
    """There are `MAX_ADDRESSES` entries already."""


class NoSuchAddress(LookupError):
    """The customer has no such address."""


def add_address(*, customer_id: UUID, address: Mapping[str, str], is_default: bool = False, by: str) -> UUID:
    """Put an address into the book; the first one becomes the default. Raises `BadAddress`, `AddressBookFull`."""
    tidy = _clean(address)
    with transaction.atomic(using=db.DEFAULT):
        locking.customer(customer_id)
        present = Address.objects.filter(user_id=customer_id).count()
        if present >= MAX_ADDRESSES:
            raise AddressBookFull
        if is_default:
            Address.objects.filter(user_id=customer_id, is_default=True).update(is_default=False)
        row = Address.objects.create(user_id=customer_id, is_default=is_default or not present, **tidy)
    return row.id


def change_address(
    *, customer_id: UUID, address_id: UUID, address: Mapping[str, str], is_default: bool = False, by: str
) -> None:
    """Replace an address; the default one stays so until another is. Raises `BadAddress`, `NoSuchAddress`."""
    tidy = _clean(address)
    with transaction.atomic(using=db.DEFAULT):
        locking.customer(customer_id)
        row = Address.objects.filter(user_id=customer_id, pk=address_id)
        if not row.update(**tidy):
            raise NoSuchAddress(str(address_id))
        if is_default:
            Address.objects.filter(user_id=customer_id, is_default=True).update(is_default=False)
            row.update(is_default=True)


def delete_address(*, customer_id: UUID, address_id: UUID, by: str) -> None:
    """Take an address out; if it was the default, the oldest other one is. Raises `NoSuchAddress`."""
    with transaction.atomic(using=db.DEFAULT):
        locking.customer(customer_id)
        count, _rows = Address.objects.filter(user_id=customer_id, pk=address_id).delete()
        if not count:
            raise NoSuchAddress(str(address_id))
        rest = Address.objects.filter(user_id=customer_id)
        if not rest.filter(is_default=True).exists() and (oldest := rest.order_by("id").first()):
            Address.objects.filter(pk=oldest.pk).update(is_default=True)


def save_preferences(
    *, customer_id: UUID, language: str, has_marketing_consent: bool, has_profiling_consent: bool, by: str
) -> None:
    """Keep what the customer chose; who consented to what and when is in the audit log."""
    consents = {"marketing": has_marketing_consent, "profiling": has_profiling_consent}
    with transaction.atomic(using=db.DEFAULT):
        locking.customer(customer_id)
        before = Preferences.objects.filter(pk=customer_id).first() or Preferences()
        Preferences.objects.update_or_create(
            user_id=customer_id,
            defaults={
                "language": language,
                "has_marketing_consent": has_marketing_consent,
                "has_profiling_consent": has_profiling_consent,
            },
        )
        audit.record(
            action="customer.preferences",
            by=by,
            object_type="customer",
            object_id=customer_id,
            changes=consents,
            using=db.DEFAULT,
        )
        if consents != {"marketing": before.has_marketing_consent, "profiling": before.has_profiling_consent}:
            bus.publish(types.ConsentChanged(customer_id=customer_id), using=db.DEFAULT)


def save_name(*, customer_id: UUID, first_name: str, last_name: str, by: str) -> None:
    """What to call the customer."""
    User.objects.filter(pk=customer_id).update(first_name=first_name, last_name=last_name)


def note_proven_email(*, customer_id: UUID) -> None:
    """Tell that a customer has proven an e-mail address. Needs the transaction that makes it true."""
    bus.publish(types.CustomerRegistered(customer_id=customer_id), using=db.DEFAULT)


def ensure_merchant(*, email: str, password: str) -> User:
    """A member of staff who may do everything, with this e-mail address (proven) and password; made or mended."""
    address = email.strip().lower()
    with transaction.atomic(using=db.DEFAULT):
        user = User.objects.filter(email__iexact=address).first() or User(email=address)
        user.is_active = user.is_staff = user.is_superuser = True
        if not user.check_password(password):
            user.set_password(password)
        user.save(using=db.DEFAULT)
        EmailAddress.objects.filter(user=user).exclude(email=address).update(primary=False)
        EmailAddress.objects.update_or_create(user=user, email=address, defaults={"verified": True, "primary": True})
        audit.record(
            action="staff.ensure_merchant", by="system", object_type="user", object_id=user.pk, using=db.DEFAULT
        )
    return user


def take_off_factor(*, user_id: UUID, by: str) -> bool:
    """Take all off that an account asks for beside the password; whether there was anything. Its owner is told.

    For somebody who lost what it takes: the caller has made sure that it is the owner who asks. Sessions go on.
    """
    with transaction.atomic(using=db.DEFAULT):
        user = locking.customer(user_id)
        rows = Authenticator.objects.filter(user=user)
        kinds = sorted(rows.values_list("type", flat=True))
        if not kinds:
            return False
        rows.delete()
        audit.record(
            action="account.factor_off", by=by, object_type="user", object_id=user_id, changes={"types": kinds},
            using=db.DEFAULT,
        )  # fmt: skip
        language = selectors.preferences_of(user_id).language or settings.LANGUAGE_CODE
        with translation.override(language):
            words = emails.words(emails.TAKEN_OFF, {})
        notifications.queue(
            key=f"account:{db.uuid7()}", template=emails.TEMPLATE, to=user.email, language=language, context=words
        )
    return True


def _clean(address: Mapping[str, str]) -> dict[str, str]:
    tidy, problems = addresses.clean(address)
    if problems:
        raise BadAddress(problems)
    return tidy
