"""What every event is."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class Event:
    """The base: `aggregate` names the kind of thing the event is about and `aggregate_id()` which one."""

    aggregate: ClassVar[str]
    version: ClassVar[int] = 1

    def aggregate_id(self) -> str:
        return str(getattr(self, fields(self)[0].name))

    def data(self) -> dict[str, Any]:
        """The fields as JSON values (UUIDs as text)."""
        return {key: _plain(value) for key, value in asdict(self).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
