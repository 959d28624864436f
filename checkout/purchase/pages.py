"""What the checkout's pages show, put together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import Http404, HttpRequest
from django.urls import reverse
from django_countries import countries

from cart.carts import selectors as carts
from cart.shipping import words
from checkout.giftcards import hand
from checkout.payments import hints, methods, ways
from checkout.purchase import delivering as told
from checkout.purchase import forms, selectors, services
from shop.accounts import selectors as accounts
from shop.core import addresses, requests
from shop.core.money import Money

_NOTES = ("gift_message", "po_number", "vat_id")
_KEPT = (*forms.ADDRESS_FIELDS, "email", "delivery_option", *_NOTES)


def details_form(request: HttpRequest, cart: Any, given: Mapping[str, Any]) -> tuple[forms.DetailsForm, carts.CartView]:
    """An unbound form filled with what is known (`given` before what was entered before it), and the cart priced for
    that address."""
    entered = selectors.details_of(cart.pk)
    initial: dict[str, Any] = {"country": settings.DEFAULT_COUNTRY, **_known(request)}
    if entered:
        initial |= {**where_to(entered), "email": entered.email, "delivery_option": entered.delivery_option}
        initial |= {name: getattr(entered, name) for name in _NOTES}
    if (saved := chosen_address(request, given)) is not None:
        initial |= saved.address
    initial |= {name: given[name] for name in _KEPT if given.get(name)}
    initial["country"] = forms.known_country(str(initial["country"]))
    view = carts.view(
        cart,
        currency=settings.DEFAULT_CURRENCY,
        address={name: initial.get(name, "") for name in ("country", "state", "postal_code")},
        delivery_option=initial.get("delivery_option"),
        vat_id=initial.get("vat_id", ""),
        email=_address_of(initial.get("email", "")),
    )
    form = forms.DetailsForm(initial=initial, country=initial["country"], is_by_email=view.quote.is_by_email)
    return form, view


def where_to(entered: Any) -> Mapping[str, str]:
    """Where it goes by what was entered; of what is sent by e-mail, as much as was asked of its buyer."""
    found: Mapping[str, str] = entered.shipping_address or entered.billing_address
    return found


def chosen_address(request: HttpRequest, given: Mapping[str, Any]) -> accounts.Saved | None:
    """The entry of the customer's own address book that `given` names; `Http404` for what is not in it."""
    if not given.get("address"):
        return None
    try:
        key = UUID(given["address"])
    except ValueError as error:
        raise Http404 from error
    customer_id = requests.customer_id(request)
    saved = accounts.address_of(customer_id=customer_id, address_id=key) if customer_id else None
    if saved is None:
        raise Http404
    return saved


def details_page(request: HttpRequest, form: forms.DetailsForm, view: carts.CartView) -> dict[str, Any]:
    """The context of the first step."""
    chosen = view.quote.delivery
    return {
        "form": form,
        "delivery_options": [told.option(one, is_selected=one == chosen) for one in view.quote.delivery_options],
        "quote": view.summary,
        "lines": view.ordered,
        "gifts": view.gifts,
        "unit_count": sum(line.quantity for line in view.ordered),
        "address_url": reverse("checkout"),
        "login_url": None
        if request.user.is_authenticated
        else f"{reverse('account_login')}?next={reverse('checkout')}",
        "inventory_error": inventory_error(view),
        "notices": (*view.notices, *view.left_out),
        "depends_on_email": _depends_on_email(view),
        "saved_addresses": _saved_addresses(request, form),
    }


def priced(cart: Any, entered: Any) -> carts.CartView:
    """The cart as it will be ordered with what was entered."""
    return carts.view(
        cart,
        currency=settings.DEFAULT_CURRENCY,
        address=where_to(entered),
        delivery_option=entered.delivery_option,
        vat_id=entered.vat_id,
        email=entered.email,
    )


def listed(view: carts.CartView) -> dict[str, int]:
    """What the catalogue asks for a unit of each line, by its key, which the shopper has seen now."""
    return {line.key: (line.listed_price or line.unit_price).minor for line in view.quote.shown}


def shopper(request: HttpRequest, amount: Money, address: Mapping[str, str]) -> methods.Shopper:
    """Who wants to pay `amount`, for what is on offer."""
    cards = tuple(hand.cards(request))
    return methods.Shopper(requests.customer_id(request), amount, address.get("country", ""), cards)


def payment_page(
    request: HttpRequest, view: carts.CartView, entered: Any, *, chosen: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The context of the second step. `chosen`: the way to pay that was (`method`), else what was sent."""
    delivery = view.quote.delivery
    total = view.quote.total
    who = shopper(request, total, where_to(entered))
    form = ways.form_of(who, entered.cart_id, entered=chosen or request.POST)
    place = delivery.place if delivery else None
    return {
        **form,
        **hand.told(request),
        "methods": hints.told(form["methods"], is_by_email=view.quote.is_by_email, is_collected=place is not None),
        "details": {
            "email": entered.email,
            "name": _name(where_to(entered)),
            "address_lines": address_lines(where_to(entered)),
            "is_by_email": view.quote.is_by_email,
            "delivery_name": delivery.name if delivery else "",
            "arrives": words.arrives(delivery) if delivery and not delivery.is_by_email else "",
            "collect_lines": told.place_lines(delivery) if delivery else [],
            "collect_hours": place.opening_hours if place else "",
            "gift_message": entered.gift_message,
            "po_number": entered.po_number,
            "vat_id": entered.vat_id,
            "edit_url": reverse("checkout"),
        },
        "lines": view.ordered,
        "gifts": view.gifts,
        "quote": view.summary,
        "unit_count": sum(line.quantity for line in view.ordered),
        "seen_total": str(total),
        "idempotency_key": entered.idempotency_key,
        "form_url": reverse("checkout_place"),
        "gift_next": reverse("payment"),
        "inventory_error": inventory_error(view),
        "notices": (*view.notices, *view.left_out),
    }


def turn_page(turn: selectors.Turn, url: str) -> dict[str, Any]:
    """The context of the waiting line's page. Who waits far behind asks less often."""
    ahead = turn.place - 1
    return {
        "place": turn.place,
        "minutes": None if turn.seconds is None else max(1, round(turn.seconds / 60)),
        "is_soon": turn.seconds is not None and turn.seconds < 45,
        "refresh_seconds": 2 if ahead < 20 else 5 if ahead < 200 else 10,
        "turn_url": url,
    }


def inventory_error(view: carts.CartView) -> str:
    """Which products are short, in sentences; empty when none is."""
    return " ".join(services.shortage(line.name, line.available) for line in view.shortages)


def address_lines(address: Mapping[str, str]) -> list[str]:
    """An address as it is printed."""
    return addresses.lines(address, country_name=str(countries.name(address.get("country", ""))))


def _name(address: Mapping[str, str]) -> str:
    return f"{address.get('first_name', '')} {address.get('last_name', '')}".strip()


def _address_of(text: str) -> str:
    """An e-mail address that was entered, as soon as it is one: some discounts are not for everybody."""
    try:
        validate_email(text)
    except ValidationError:
        return ""
    return text


def _depends_on_email(view: carts.CartView) -> bool:
    """Whether who buys may make a difference to what is off."""
    return any(one.promotion.code or one.promotion.conditions.is_first_order for one in view.quote.outcome.tried)


def _known(request: HttpRequest) -> dict[str, str]:
    """What is known of a signed-in customer."""
    user = request.user
    if not user.is_authenticated:
        return {}
    saved = accounts.default_address(user.pk)
    known = {"email": user.email, "first_name": user.first_name, "last_name": user.last_name}
    return {**known, **saved.address} if saved else known


def _saved_addresses(request: HttpRequest, form: forms.DetailsForm) -> list[dict[str, Any]]:
    customer_id = requests.customer_id(request)
    found = accounts.addresses_of(customer_id) if customer_id else []
    return [
        {
            "id": one.id,
            "label": ", ".join(one.lines[:2]),
            "is_selected": all(str(form[name].value() or "") == value for name, value in one.address.items()),
        }
        for one in found
    ]
