"""What a call that waits in line is told: its place, and what has become of it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from checkout.api import shapes


class TurnOut(serializers.Serializer[Any]):
    """A place in the line: `place` 1 is next; `seconds` about how long it takes yet, null when nothing can be said."""

    status = serializers.ChoiceField(["waiting", "placed", "refused"])
    place = serializers.IntegerField()
    seconds = serializers.IntegerField(allow_null=True)
    order = shapes.OrderOut(required=False)
    error = serializers.DictField(required=False)


def turn(mine: Any, found: Any) -> dict[str, Any]:
    """A `checkout.purchase.selectors.Turn`, and the order it has become (None before)."""
    shape: dict[str, Any] = {"status": mine.status, "place": mine.place, "seconds": mine.seconds}
    if mine.status == "working":
        shape["status"] = "waiting"
    if mine.status == "refused":
        shape["error"] = {"code": mine.code, "message": mine.message, "fields": mine.facts}
    return {**shape, "order": shapes.placed(found)} if found else shape
