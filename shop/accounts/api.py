"""Accounts over REST."""

from __future__ import annotations

from rest_framework.authentication import BaseAuthentication


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer <token>` (to be completed by the accounts engineer)."""

    def authenticate(self, request):  # type: ignore[no-untyped-def]
        return None
