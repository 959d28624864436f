"""Encrypted fields: keys that come and go, and rows that are turned over."""

from __future__ import annotations

from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connections

from inventory.feeds.models import Feed
from shop.core import crypto, db

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def stored(feed: Feed) -> str:
    with connections[db.INVENTORY].cursor() as cursor:
        cursor.execute("SELECT secret FROM inventory_feed WHERE id = %s", [feed.pk])
        return str(cursor.fetchone()[0])


def rotate_keys() -> list[str]:
    out = StringIO()
    call_command("rotate_keys", stdout=out)
    return out.getvalue().splitlines()


@pytest.mark.parametrize("text", ["", "whsec_ÄÖ€", "x" * 10_000])
def test_what_is_encrypted_can_be_read_again(text: str) -> None:
    token = crypto.encrypt(text)
    assert crypto.decrypt(token) == text
    assert token != crypto.encrypt(text)


def test_the_newest_key_encrypts_and_all_decrypt(settings) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [OLD]
    before = crypto.encrypt("secret")
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    after = crypto.encrypt("secret")
    assert (crypto.decrypt(before), crypto.decrypt(after)) == ("secret", "secret")
    assert (crypto.is_current(before), crypto.is_current(after)) == (False, True)
    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    assert crypto.decrypt(after) == "secret"
    with pytest.raises(crypto.Unreadable):
        crypto.decrypt(before)


def test_without_a_key_the_secret_key_stands_in_and_may_rotate(settings) -> None:
    settings.FIELD_ENCRYPTION_KEYS, settings.SECRET_KEY = [], "a" * 50
    token = crypto.encrypt("secret")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "b" * 50, ["a" * 50]
    assert crypto.decrypt(token) == "secret"
    settings.FIELD_ENCRYPTION_KEYS = [NEW]  # a key of its own comes later: what was written before stays readable
    assert crypto.decrypt(token) == "secret"
    assert crypto.is_current(token) is False
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(crypto.Unreadable):
        crypto.decrypt(token)


def test_a_token_that_was_altered_is_refused() -> None:
    token = crypto.encrypt("secret")
    other = token[:-6] + ("A" if token[-6] != "A" else "B") + token[-5:]
    with pytest.raises(crypto.Unreadable):
        crypto.decrypt(other)


def test_what_is_no_key_is_named(settings) -> None:
    settings.FIELD_ENCRYPTION_KEYS = ["not a key"]
    with pytest.raises(ImproperlyConfigured, match="FIELD_ENCRYPTION_KEYS"):
        crypto.encrypt("secret")


@pytest.mark.django_db
def test_the_database_never_sees_the_text() -> None:
    feed = Feed.objects.create(code="east", name="East", secret="whsec_plain")
    assert "plain" not in stored(feed)
    assert Feed.objects.get().secret == "whsec_plain"
    assert Feed.objects.get().previous_secret is None
    assert Feed.objects.filter(previous_secret__isnull=True).count() == 1


@pytest.mark.django_db
def test_an_encrypted_field_cannot_be_searched() -> None:
    with pytest.raises(FieldError):
        Feed.objects.filter(secret="whsec_plain").exists()


@pytest.mark.django_db
def test_rotating_brings_every_row_under_the_newest_key(settings) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [OLD]
    feed = Feed.objects.create(code="east", name="East", secret="whsec_plain")
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    assert "inventory.Feed.secret: 1 re-encrypted" in rotate_keys()
    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    feed.refresh_from_db()
    assert feed.secret == "whsec_plain"
    before = stored(feed)
    assert "inventory.Feed.secret: 0 re-encrypted" in rotate_keys()
    assert stored(feed) == before


@pytest.mark.django_db
def test_a_row_that_no_key_decrypts_is_named_and_left_alone(settings) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [OLD]
    lost = Feed.objects.create(code="east", name="East", secret="whsec_plain")
    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    before = stored(lost)
    with pytest.raises(CommandError, match=str(lost.pk)):
        rotate_keys()
    assert stored(lost) == before
