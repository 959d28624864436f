"""Photos of these tests go to a folder of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    settings.STORAGES = settings.STORAGES | {
        "private": {**settings.STORAGES["private"], "OPTIONS": {"location": tmp_path}}
    }
