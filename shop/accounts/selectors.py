"""What is known of a customer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django_countries import countries

from shop.accounts.models import Address, CustomerGroup, Preferences, User
from shop.core import addresses, requests

PUBLIC = "default"  # the price list of whoever has none of their own


@dataclass(frozen=True, slots=True)
class Standing:
    """As what a customer buys: the codes of their groups, and whose prices they pay ("default": everybody's)."""

    groups: frozenset[str] = frozenset()
    price_list: str = PUBLIC


@dataclass(frozen=True)
class Saved:
    """An entry of an address book: `address` by the names of `shop.core.addresses.FIELDS`, `lines` as printed."""

    id: UUID
    address: dict[str, str]
    lines: list[str]
    is_default: bool


def addresses_of(customer_id: UUID) -> list[Saved]:
    """The address book, the default one first."""
    return [_saved(row) for row in Address.objects.filter(user_id=customer_id)]


def address_of(*, customer_id: UUID, address_id: UUID) -> Saved | None:
    """One of the customer's own addresses; None for anybody else's."""
    row = Address.objects.filter(user_id=customer_id, pk=address_id).first()
    return _saved(row) if row else None


def default_address(customer_id: UUID) -> Saved | None:
    """The address that is used first."""
    row = Address.objects.filter(user_id=customer_id).first()
    return _saved(row) if row else None


def preferences_of(customer_id: UUID) -> Preferences:
    """What the customer chose; an unsaved row with the defaults if they never did."""
    return Preferences.objects.filter(pk=customer_id).first() or Preferences(user_id=customer_id)


def standing(customer_id: UUID | None) -> Standing:
    """As what somebody buys; a guest as anybody. One query, none for guests."""
    if customer_id is None:
        return Standing()
    found = User.objects.filter(pk=customer_id, is_active=True, customer_group__isnull=False)
    return _standing(found.values_list("customer_group__code", "customer_group__price_list").first())


def standing_of(request: HttpRequest) -> Standing:
    """As what whoever makes `request` buys. One query for who is in a group, none for others."""
    user = request.user
    group = user.customer_group if isinstance(user, User) and user.customer_group_id else None
    return _standing((group.code, group.price_list) if group else None)


def groups_of(customer_ids: Iterable[UUID]) -> dict[UUID, frozenset[str]]:
    """The group's code of each of these customers who is in one. One query."""
    rows = User.objects.filter(pk__in=list(customer_ids), customer_group__isnull=False)
    return {key: frozenset({code}) for key, code in rows.values_list("pk", "customer_group__code")}


def group_names() -> list[tuple[str, str]]:
    """(code, name) of every customer group, by name."""
    return list(CustomerGroup.objects.values_list("code", "name"))


def price_lists() -> set[str]:
    """Those that a customer group has, the public one among them. One query."""
    return {PUBLIC, *CustomerGroup.objects.values_list("price_list", flat=True)} - {""}


def _standing(group: tuple[str, str] | None) -> Standing:
    return Standing(frozenset({group[0]}), group[1] or PUBLIC) if group else Standing()


def has_proven_email(customer_id: UUID) -> bool:
    """Whether the customer has shown that their e-mail address is theirs."""
    return EmailAddress.objects.filter(user_id=customer_id, verified=True).exists()


def is_in_group(customer_id: UUID, name: str) -> bool:
    """Whether staff have put an active customer into the group `name` of the admin."""
    return User.objects.filter(pk=customer_id, is_active=True, groups__name=name).exists()


def staff_with(permission: str) -> list[tuple[UUID, str]]:
    """Id and e-mail address of the active staff who hold a permission, as "checkout.refund_order"."""
    staff = User.objects.filter(is_staff=True, is_active=True).order_by("pk")
    return [(person.pk, person.email) for person in staff if person.has_perm(permission)]


def with_email(email: str) -> UUID | None:
    """The id of the customer with this address; None if there is none."""
    return User.objects.filter(email__iexact=email.strip()).values_list("pk", flat=True).first()


def beginning_with(text: str, *, limit: int = 8) -> list[tuple[UUID, str]]:
    """Id and e-mail address of some active people whose address begins so."""
    rows = User.objects.filter(email__startswith=text.strip().lower(), is_active=True).order_by("email")
    return list(rows.values_list("pk", "email")[:limit])


def searched(text: str) -> QuerySet[User]:
    """People whose e-mail address or surname begins with `text`, which is not empty, or who have these names, the
    last of them from its beginning ("Ada Love", "Lovelace Ada"). From an index each."""
    words = text.lower().split()[:6]
    meant = Q(email__startswith=" ".join(words))
    for at in range(len(words)):
        for first, last in ((words[:at], words[at:]), (words[at:], words[:at])):
            if last:
                meant |= Q(surname__startswith=" ".join(last), first_name__istartswith=" ".join(first))
    return User.objects.alias(surname=Lower("last_name")).filter(meant)


def customers(ids: Iterable[UUID]) -> dict[UUID, tuple[str, str]]:
    """E-mail address and name, which may be empty, by id; without whoever is no longer here. One query."""
    return {person.pk: (person.email, person.full_name) for person in User.objects.filter(pk__in=list(ids))}


def names_of(actors: Iterable[str]) -> dict[str, str]:
    """Actors ("staff:<id>", "customer:<id>", "guest", "system") as people read them: a person's e-mail address.

    One query for all. Whoever is no longer here keeps the id.
    """
    names = {actor: actor for actor in actors} | {"guest": _("a guest"), "system": _("the shop")}
    people = {actor: found for actor in names if (found := _id_in(actor))}
    emails = dict(User.objects.filter(pk__in=people.values()).values_list("pk", "email")) if people else {}
    return names | {actor: emails[found] for actor, found in people.items() if found in emails}


def actor_with_email(email: str) -> str | None:
    """The actor ("staff:<id>", "customer:<id>") with this e-mail address; None if there is none."""
    person = User.objects.filter(email__iexact=email.strip()).first()
    return requests.actor_of(person) if person else None


def _id_in(actor: str) -> UUID | None:
    try:
        return UUID(actor.partition(":")[2])
    except ValueError:
        return None


_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def has_second_factor(user: User) -> bool:
    """Whether signing in takes more than the password (recovery codes alone do not count)."""
    return bool(is_mfa_enabled(user, _FACTORS))


def with_factor(people: QuerySet[User]) -> QuerySet[User]:
    """The same people, each with `has_factor`: what `has_second_factor` says of them."""
    factors = Authenticator.objects.filter(user=OuterRef("pk"), type__in=_FACTORS)
    return people.annotate(has_factor=Exists(factors))


def emails_of(user_id: UUID) -> list[tuple[str, bool]]:
    """The e-mail addresses of an account, the first the one it is named by, and whether each is proven."""
    rows = EmailAddress.objects.filter(user_id=user_id).order_by("-primary", "email")
    return list(rows.values_list("email", "verified"))


def _saved(row: Address) -> Saved:
    address = {name: str(getattr(row, name)) for name in addresses.FIELDS}
    return Saved(
        row.id, address, addresses.lines(address, country_name=countries.name(address["country"])), row.is_default
    )
