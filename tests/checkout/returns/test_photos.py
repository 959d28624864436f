"""The photos of returns are kept where no address leads to."""

from __future__ import annotations

import pytest

from checkout.returns import photos
from shop.core.photos import clean
from tests.factories.photos import jpeg


def test_kept_where_no_address_leads_to(settings: object, tmp_path: object) -> None:
    name = photos.keep(clean(jpeg()))
    assert photos.read(name)[:2] == b"\xff\xd8"
    photos.forget([name])
    with pytest.raises(FileNotFoundError):
        photos.read(name)
