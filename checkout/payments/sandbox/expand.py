"""``expand[]``: ids in an answer replaced by what they name."""

from typing import Any

from checkout.payments.sandbox import wire
from checkout.payments.sandbox.box import listing
from checkout.payments.sandbox.store import Object, Store


def expanded(store: Store, thing: Object, paths: Any) -> Object:
    """The answer with each dotted path expanded. Raises 400 for a path that leads nowhere."""
    if not isinstance(paths, list | dict) or not all(isinstance(path, str) for path in paths):
        raise wire.invalid("Invalid array: expand", "expand")
    for path in paths:
        _expand(store, thing, path.split("."))
    return thing


def _expand(store: Store, thing: Object, path: list[str]) -> None:
    name, rest = path[0], path[1:]
    if thing.get("object") == "charge" and name == "refunds":
        refunds = store.where("refund", "charge", thing["id"])[::-1]
        thing.setdefault("refunds", listing(refunds, f"/v1/charges/{thing['id']}/refunds"))
    if name not in thing:
        message = f"This property cannot be expanded ({name})."
        raise wire.invalid(message, "expand", "property_cannot_be_expanded")
    if isinstance(thing[name], str):
        thing[name] = store.any(thing[name]) or thing[name]
    inner = thing[name] if isinstance(thing[name], list) else [thing[name]]
    for one in inner:
        if rest and isinstance(one, dict):
            _expand(store, one, rest)
