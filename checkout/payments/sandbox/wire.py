"""Requests and answers as Stripe writes them: form-encoded in, JSON out, errors as objects."""

import base64
import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

MAX_BODY = 1_000_000
_PART = re.compile(r"\[([^\]]*)\]")
_DEEPEST = 8


class ApiError(Exception):
    """An answer that is not 200. ``stored``: remembered for the idempotency key; ``kept``: work done stays done."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        type: str = "invalid_request_error",
        stored: bool = True,
        kept: bool = False,
        **extra: Any,
    ) -> None:
        super().__init__(message)
        self.status, self.stored, self.kept = status, stored, kept
        self.body: dict[str, Any] = {"error": {"type": type, "message": message, **extra}}


def invalid(message: str, param: str, code: str = "parameter_invalid_empty") -> ApiError:
    """Parameters failed validation: nothing ran, nothing is remembered."""
    return ApiError(400, message, param=param, code=code, stored=False)


def missing(param: str) -> ApiError:
    return invalid(f"Missing required param: {param}.", param, "parameter_missing")


def no_such(kind: str, id: str, param: str = "id") -> ApiError:
    return ApiError(404, f"No such {kind}: '{id}'", param=param, code="resource_missing", stored=False)


class Cut(Exception):
    """The connection is to be cut without an answer."""


@dataclass
class Request:
    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    origin: str = ""  # of this server, as the caller sees it
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The API key of the caller, from a bearer token or basic authentication."""
        scheme, _, value = self.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "basic":
            try:
                value = base64.b64decode(value).decode().partition(":")[0]
            except ValueError:
                return ""
        return value.strip()


@dataclass
class Response:
    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


def json_response(status: int, body: Any) -> Response:
    return Response(status, json.dumps(body, indent=2).encode())


def redirect(url: str) -> Response:
    return Response(303, b"", "text/plain", {"Location": url})


def decode(encoded: str) -> dict[str, Any]:
    """``a[b]=1&c[0]=2&d[]=3`` as ``{"a": {"b": "1"}, "c": ["2"], "d": ["3"]}``. Values stay text."""
    result: dict[str, Any] = {}
    for name, value in parse_qsl(encoded, keep_blank_values=True):
        head = name.partition("[")[0]
        path = [head, *_PART.findall(name[len(head) :])]
        if len(path) > _DEEPEST:
            raise invalid(f"Received unknown parameter: {name}", name, "parameter_unknown")
        _put(result, path, value)
    listed: dict[str, Any] = _listed(result)
    return listed


def _put(target: dict[str, Any], path: list[str], value: str) -> None:
    for part in path[:-1]:
        inner = target.setdefault(part or str(len(target)), {})
        if not isinstance(inner, dict):
            raise invalid(f"Invalid parameter: {path[0]}", path[0], "parameter_invalid_string")
        target = inner
    target[path[-1] or str(len(target))] = value


def _listed(value: Any) -> Any:
    """Dicts whose keys are 0, 1, 2 … are lists."""
    if not isinstance(value, dict):
        return value
    items = {key: _listed(inner) for key, inner in value.items()}
    if items and set(items) == {str(number) for number in range(len(items))}:
        return [items[str(number)] for number in range(len(items))]
    return items


def known(params: dict[str, Any], *names: str) -> None:
    """Refuse parameters that the endpoint does not have."""
    for name in params:
        if name not in names and name != "expand":
            raise invalid(f"Received unknown parameter: {name}", name, "parameter_unknown")


def integer(params: dict[str, Any], name: str, default: int | None = None) -> int:
    """A whole number of at most 12 digits, or ``default`` when absent."""
    value = params.get(name)
    if value is None:
        if default is None:
            raise missing(name)
        return default
    if not isinstance(value, str) or not re.fullmatch(r"-?\d{1,12}", value):
        raise invalid(f"Invalid integer: {value}", name, "parameter_invalid_integer")
    return int(value)


def text(params: dict[str, Any], name: str, default: str | None = None) -> str:
    """A string, or ``default`` when absent."""
    value = params.get(name, default)
    if value is None:
        raise missing(name)
    if not isinstance(value, str):
        raise invalid(f"Invalid string: {name}", name, "parameter_invalid_string")
    return value


def mapping(params: dict[str, Any], name: str) -> dict[str, Any]:
    """A nested hash, empty when absent."""
    value = params.get(name) or {}
    if not isinstance(value, dict):
        raise invalid(f"Invalid object: {name}", name, "parameter_invalid_object")
    return value


def metadata(params: dict[str, Any]) -> dict[str, str]:
    """At most 50 pairs of text, as Stripe allows."""
    value = mapping(params, "metadata")
    if len(value) > 50 or any(not isinstance(v, str) or len(k) > 40 or len(v) > 500 for k, v in value.items()):
        raise invalid("Metadata has at most 50 keys of 40 characters with values of 500.", "metadata")
    return value
