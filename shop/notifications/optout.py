"""E-mails that a person asked to get no more of: by topic and address, whether or not there is an account.

Of an address only a digest is kept, so that the wish can be honoured after everything else of a person is erased.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from django.core import signing
from django.db import transaction
from django.urls import reverse

from shop.audit import services as audit
from shop.core import db, requests
from shop.notifications.models import OptOut

FEEDBACK = "feedback"  # the topics there are
_SALT = "shop.notifications.optout"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a link in a mail is about: mails of a topic to an address, which it does not tell."""

    topic: str
    digest: str


def url(*, topic: str, address: str) -> str:
    """The page where mails of this topic to this address can be stopped, absolute, for mails."""
    token = signing.Signer(salt=_SALT).sign(f"{topic}:{_digest(topic, address)}")
    return requests.absolute(reverse("email_stop", args=[token]))


def wish(token: str) -> Wish | None:
    """What a link is about; None for what this shop has not signed."""
    try:
        topic, _colon, digest = signing.Signer(salt=_SALT).unsign(token[:300]).partition(":")
    except signing.BadSignature:
        return None
    return Wish(topic, digest)


def stop(wish: Wish, *, by: str) -> None:
    """Send no more of these. Idempotent."""
    with transaction.atomic(using=db.DEFAULT):
        _row, is_new = OptOut.objects.get_or_create(topic=wish.topic, digest=wish.digest)
        if is_new:
            _note("stop", wish, by)


def resume(wish: Wish, *, by: str) -> None:
    """They may be sent again. Idempotent."""
    with transaction.atomic(using=db.DEFAULT):
        gone, _by_table = OptOut.objects.filter(topic=wish.topic, digest=wish.digest).delete()
        if gone:
            _note("resume", wish, by)


def is_stopped(wish: Wish) -> bool:
    return OptOut.objects.filter(topic=wish.topic, digest=wish.digest).exists()


def about(*, topic: str, address: str) -> Wish:
    """Mails of a topic to an address."""
    return Wish(topic, _digest(topic, address))


def stopped(*, topic: str, addresses: Iterable[str]) -> set[str]:
    """Those of the addresses that want no mails of this topic. One query."""
    known = {_digest(topic, address): address for address in addresses}
    rows = OptOut.objects.filter(topic=topic, digest__in=list(known)).values_list("digest", flat=True)
    return {known[digest] for digest in rows}


def _digest(topic: str, address: str) -> str:
    return hashlib.sha256(f"{topic}:{address.strip().lower()}".encode()).hexdigest()


def _note(what: str, wish: Wish, by: str) -> None:
    audit.record(
        action=f"email.{what}", by=by, object_type="email_topic", object_id=wish.digest[:32],
        changes={"topic": wish.topic}, using=db.DEFAULT,
    )  # fmt: skip
