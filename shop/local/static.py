"""Whether static files are still to be collected for what this checkout is now."""

import hashlib
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

from shop.local import addresses

SOURCES = addresses.CHECKOUT / "static"
PACKAGES = ("django", "django-unfold", "drf-spectacular-sidecar", "whitenoise")


def is_wanted(env: Mapping[str, str]) -> bool:
    """Nothing was collected into `STATIC_ROOT` yet, or something else than what is here now."""
    marker = _marker(env)
    return not marker.exists() or marker.read_text() != _fingerprint()


def mark(env: Mapping[str, str]) -> None:
    """Remember that they are collected."""
    marker = _marker(env)
    marker.parent.mkdir(parents=True, exist_ok=True)
    marker.write_text(_fingerprint())


def _marker(env: Mapping[str, str]) -> Path:
    return Path(env["STATIC_ROOT"]) / ".collected"


def _fingerprint() -> str:
    """Changes with a file of the shop's own, and with a package that brings some."""
    digest = hashlib.sha256(" ".join(f"{name} {metadata.version(name)}" for name in PACKAGES).encode())
    for path in sorted(path for path in SOURCES.rglob("*") if path.is_file()):
        digest.update(f"{path.relative_to(SOURCES)}\n".encode() + path.read_bytes())
    return digest.hexdigest()
