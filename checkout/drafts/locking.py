"""The lock of a draft: taken before its cart's."""

from __future__ import annotations

from uuid import UUID

from checkout.drafts.models import Draft


def draft(draft_id: UUID) -> Draft:
    """The draft, locked until the caller's transaction ends. Raises `Draft.DoesNotExist`."""
    return Draft.objects.select_for_update().get(pk=draft_id)
