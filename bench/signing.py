"""A customer who is signed in, without the sign-in."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping

from shop.local import addresses

_MAKE = """
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
user, _made = get_user_model().objects.get_or_create(email="bench@example.com")
session = import_module(settings.SESSION_ENGINE).SessionStore()
session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(user.pk), settings.AUTHENTICATION_BACKENDS[0]
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session.create()
print(f"{settings.SESSION_COOKIE_NAME}={session.session_key}")
"""


def cookie(env: Mapping[str, str]) -> str:
    """The `Cookie` header of somebody who is signed in to the shop of this environment."""
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-v", "0", "-c", _MAKE]
    done = subprocess.run(command, cwd=addresses.CHECKOUT, env=dict(env), check=True, capture_output=True, text=True)
    return done.stdout.strip().splitlines()[-1]
