"""The lock of a wave: taken before any order's, by whatever changes what is picked in it."""

from __future__ import annotations

from uuid import UUID

from checkout.warehouse.models import PickWave


def wave(wave_id: UUID) -> PickWave:
    """The wave, locked until the caller's transaction ends. Raises `PickWave.DoesNotExist`."""
    return PickWave.objects.select_for_update().get(pk=wave_id)
