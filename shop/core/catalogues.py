"""Makes what Django reads (`django.mo`) from what people write (`django.po`), where it is missing or older.

The settings ask for it, so whatever starts the shop or its tests has it, and gettext's own tools are not needed. Where
the folder cannot be written to, run `python -m shop.core.catalogues` while it can, as when an image is built.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent.parent
LOCALE = _ROOT / "locale"
FOLDERS = (
    LOCALE,
    _ROOT / "shop" / "accounts" / "locale",
)  # of ours, and of allauth as we say it


def compiled(root: Path = LOCALE) -> Path:
    """The folder, with a current `.mo` beside every `.po` as far as it can be written."""
    for source in root.glob("*/LC_MESSAGES/django.po"):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime_ns < source.stat().st_mtime_ns:
            with contextlib.suppress(PermissionError, FileNotFoundError):  # read-only, or wiped by another process
                _compile(source, target)
    return root


def _compile(source: Path, target: Path) -> None:
    """Whole or not at all: several processes start at once."""
    from babel.messages.mofile import write_mo  # noqa: PLC0415  (only when there is something to do)
    from babel.messages.pofile import read_po  # noqa: PLC0415

    with source.open("rb") as file:
        catalogue = read_po(file, locale=source.parent.parent.name)
    handle, name = tempfile.mkstemp(dir=target.parent, suffix=".tmp")
    with os.fdopen(handle, "wb") as file:
        write_mo(file, catalogue)
    Path(name).chmod(0o644)
    Path(name).replace(target)


if __name__ == "__main__":
    for one in FOLDERS:
        compiled(one)
