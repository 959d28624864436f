"""The shop as benchmarks start it: production settings, the payment sandbox, no limits for one address."""

from __future__ import annotations

import base64
import os
import secrets
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from bench.meter import free_port
from shop.local import addresses


def environment(port: int, static: Path | None = None) -> dict[str, str]:
    """What its processes see. `static`: the folder that `collect` fills; without one the sources are served."""
    site = f"http://{addresses.HOST}:{port}"
    sandbox = f"http://{addresses.HOST}:{free_port(24800)}"
    return dict(os.environ) | {
        "DEBUG": "0", "SITE_URL": site, "ALLOWED_HOSTS": addresses.HOST, "RATE_LIMITS": "0", "LOG_FORMAT": "json",
        "SECRET_KEY": secrets.token_urlsafe(50), "EMAIL_URL": "dummy://", "DJANGO_SETTINGS_MODULE": "shop.settings",
        "FIELD_ENCRYPTION_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "PAYMENT_SANDBOX": "1", "STRIPE_SECRET_KEY": addresses.SANDBOX_KEY, "STRIPE_PUBLISHABLE_KEY": "pk_test_sandbox",
        "STRIPE_WEBHOOK_SECRET": "whsec_bench", "STRIPE_API_BASE": sandbox, "STATIC_ROOT": str(static or ""),
    }  # fmt: skip


def collect(env: Mapping[str, str]) -> None:
    """Static files into `STATIC_ROOT`, as a deployment does."""
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v", "0"]
    subprocess.run(command, cwd=addresses.CHECKOUT, env=dict(env), check=True)
