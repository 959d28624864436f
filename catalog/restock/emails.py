"""The mails to those who wait: what their templates are told. Each is queued at most once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import translation

from catalog.restock import access, selectors
from catalog.restock.models import RestockRequest
from shop.core import formats, requests
from shop.notifications import services as notifications


def joined(*, entry_id: UUID) -> None:
    """ "You are in line", with the place. Nothing if the request was given up or erased meanwhile."""
    request, place = _asked(entry_id)
    if request is not None and place is not None and place.entry.is_open:
        _send(request, place, "restock_joined", number=place.entry.place)


def held(*, entry_id: UUID) -> bool:
    """ "It is your turn", until when, and the link; False if nobody is known who could be told."""
    request, place = _asked(entry_id)
    if request is None:
        return False
    if place is not None and place.entry.expires_at is not None:
        with translation.override(request.language):
            until = formats.moment(place.entry.expires_at)
        _send(request, place, "restock_held", until=until)
    return True


def _asked(entry_id: UUID) -> tuple[RestockRequest | None, selectors.Place | None]:
    """Who asked, and their place in the line, with the variant as it is called in their language."""
    request = selectors.by_id(entry_id)
    if request is None:
        return None, None
    with translation.override(request.language):
        return request, selectors.place(entry_id)


def _send(request: RestockRequest, place: selectors.Place, template: str, **extra: Any) -> None:
    offer = place.offer
    if offer is None:
        return
    with translation.override(request.language):
        product = {
            "name": offer.name,
            "options": " · ".join(str(value) for value in offer.options.values()),
            "url": requests.absolute(offer.url),
        }
        links = {"url": access.url(request.pk), "leave_url": access.leave_url(request.pk)}
    notifications.queue(
        key=f"{template}:{request.pk}",
        template=template,
        to=request.email,
        language=request.language,
        context={"product": product, **links, **extra},
    )
