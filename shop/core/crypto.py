"""Secrets that the database keeps encrypted: the keys, a model field, and turning rows over to a new key.

Keys come from FIELD_ENCRYPTION_KEYS, the newest first: it encrypts, all of them decrypt. Keys derived from SECRET_KEY
and its fallbacks decrypt as well, and the first of them encrypts as long as there is no other.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import models, router
from django.db.models.functions import Cast

_PURPOSE = b"holdfast field encryption 1"  # so that no other use of SECRET_KEY can yield the same key


class Unreadable(Exception):
    """None of the keys decrypts this: its key was taken away too early, or the row was altered."""


def encrypt(text: str) -> str:
    """`text` as a Fernet token under the newest key; the same text never gives the same token twice."""
    return _ring()[0].encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """The text inside a token of any of the keys. Raises `Unreadable`."""
    try:
        return MultiFernet(_ring()).decrypt(token.encode()).decode()
    except InvalidToken:
        raise Unreadable("no key of FIELD_ENCRYPTION_KEYS decrypts this value") from None


def is_current(token: str) -> bool:
    """Whether the newest key encrypted this token."""
    try:
        _ring()[0].decrypt(token.encode())
    except InvalidToken:
        return False
    return True


def digests(text: str, *, purpose: str) -> list[str]:
    """Keyed digests of `text` (HMAC-SHA256, 64 hex digits) under every key, the newest first: what a secret can be
    found by that is not kept in plain. Another `purpose`, another digest."""
    keys = _digest_keys(tuple(settings.FIELD_ENCRYPTION_KEYS), _secrets(), purpose)
    return [hmac.new(key, text.encode(), "sha256").hexdigest() for key in keys]


class EncryptedTextField(models.TextField):
    """Text that is encrypted in the database and plain in Python. It can be asked whether it is null, nothing else."""

    def get_prep_value(self, value: Any) -> Any:
        return value if value is None or hasattr(value, "resolve_expression") else encrypt(str(value))

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return None if value is None else decrypt(value)

    def get_lookup(self, lookup_name: str) -> Any:
        """Raises `FieldError`: equal texts have different tokens, so a comparison would silently find nothing."""
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is encrypted; it cannot be looked up by {lookup_name!r}")
        return super().get_lookup(lookup_name)


def encrypted_fields(model: type[models.Model]) -> list[str]:
    """The names of the encrypted fields of a model."""
    return [field.name for field in model._meta.concrete_fields if isinstance(field, EncryptedTextField)]


def reencrypt(model: type[models.Model], name: str) -> tuple[int, list[Any]]:
    """Bring every value of an encrypted field under the newest key.

    Returns how many were turned over, and the keys of the rows that no key decrypts. May be repeated and interrupted;
    a value that somebody changes meanwhile is left as they wrote it.
    """
    alias = router.db_for_write(model)
    rows = (
        model._default_manager.using(alias).annotate(token=Cast(name, models.TextField())).filter(token__isnull=False)
    )
    turned, unreadable = 0, []
    for key, token in rows.order_by("pk").values_list("pk", "token").iterator(chunk_size=500):
        if is_current(token):
            continue
        try:
            text = decrypt(token)
        except Unreadable:
            unreadable.append(key)
            continue
        turned += rows.filter(pk=key, token=token).update(**{name: text})
    return turned, unreadable


def _ring() -> list[Fernet]:
    return _keys(tuple(settings.FIELD_ENCRYPTION_KEYS), _secrets())


def _secrets() -> tuple[str, ...]:
    return (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


@lru_cache(maxsize=8)
def _keys(given: Sequence[str], secrets: Sequence[str]) -> list[Fernet]:
    try:
        ring = [Fernet(key) for key in given]
    except ValueError:
        raise ImproperlyConfigured(
            "FIELD_ENCRYPTION_KEYS holds something that is no Fernet key (32 bytes as URL-safe base64)"
        ) from None
    return ring + [Fernet(_derived(secret)) for secret in secrets]


def _derived(secret: str) -> bytes:
    """A Fernet key out of SECRET_KEY (RFC 5869)."""
    return base64.urlsafe_b64encode(HKDF(SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret.encode()))


@lru_cache(maxsize=8)
def _digest_keys(given: Sequence[str], secrets: Sequence[str], purpose: str) -> list[bytes]:
    """One key for each of the keys, in their order, that is good for nothing else (RFC 5869)."""
    info = b"holdfast digest 1 " + purpose.encode()
    return [HKDF(SHA256(), length=32, salt=None, info=info).derive(secret.encode()) for secret in (*given, *secrets)]
