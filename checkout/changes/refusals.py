"""Why an order is not changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class EditRefused(Exception):
    """The order cannot be changed so; nothing was done. `str()` is a sentence for people, `code` for programs:

    "changed_meanwhile", "nothing_changes", "not_editable", "too_many_units", "already_shipped", "out_of_stock",
    "not_sellable", "not_deliverable", "delivery_required", "address_invalid", "tax_differs", "tax_unknown", "too_long".
    `fields` says more, by what it is about.
    """

    def __init__(self, message: str, code: str, fields: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code, self.fields = code, dict(fields or {})
