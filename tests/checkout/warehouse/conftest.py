"""Somebody of the warehouse, and somebody who is not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from shop.accounts.models import User


@pytest.fixture(autouse=True)
def folder(settings: object, tmp_path: Path) -> Path:
    """Where printed files lie."""
    private = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "private": private}  # type: ignore[attr-defined]
    settings.STAFF_MFA_REQUIRED = False  # type: ignore[attr-defined]
    return tmp_path


@pytest.fixture
def staff() -> Callable[..., Client]:
    """A browser of staff with these permissions of the checkout and no other."""

    def signed_in(*codenames: str) -> Client:
        user = User.objects.create_user(
            f"{'-'.join(codenames) or 'nobody'}@example.com", "a long password", is_staff=True
        )
        user.user_permissions.add(*Permission.objects.filter(codename__in=codenames))
        client = Client()
        client.force_login(user)
        return client

    return signed_in


@pytest.fixture
def picker(staff: Callable[..., Client]) -> Client:
    """Somebody of the warehouse: may fulfil orders, and nothing else."""
    return staff("fulfil_order")
