"""What a page that is everybody's may depend on. It is kept under that, and nothing else of the request is left for its
view to see: who asks in an odd way is shown what others are shown, and cannot put another page in the place of theirs.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest, QueryDict
from django.urls import Resolver404, resolve
from django.utils import translation

from shop.core import languages

CURRENCY = "holdfast_currency"  # cookie: what the visitor chose to pay in
_CODE = re.compile("[A-Z]{3}")
_SHORT = 300  # characters of an address that is remembered
_PART, _TARGET, _HTMX = "HTTP_HX_REQUEST", "HTTP_HX_TARGET", "HTTP_HX_"
_WHOLE = ("HTTP_HX_BOOSTED", "HTTP_HX_HISTORY_RESTORE_REQUEST")  # asked for by htmx, and yet no part


def only(request: HttpRequest) -> tuple[str | None, ...]:
    """Host, scheme, currency, part, path and query, as they are in the request from now on. The part is the element
    of the page that htmx wants it for, None where the page is wanted whole.
    """
    part, currency = _part(request), _currency(request)
    _tidy(request)
    meta = request.META
    scheme = "s" if request.is_secure() else "p"
    return meta.get("HTTP_HOST", ""), scheme, currency, part, request.path, meta.get("QUERY_STRING", "")


def is_part(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of a page; of a request that `only` has looked at."""
    return _PART in request.META


@contextmanager
def without_cookies(request: HttpRequest) -> Iterator[None]:
    """The view sees the currency, and no other cookie; what comes after it sees them all again."""
    cookies = request.COOKIES
    request.COOKIES = {name: text for name, text in cookies.items() if name == CURRENCY}
    try:
        yield
    finally:
        request.COOKIES = cookies


def _part(request: HttpRequest) -> str | None:
    meta = request.META
    if _PART not in meta:
        return None  # and no view takes it for a part, whatever else is said
    said = {name: meta.pop(name) for name in [name for name in meta if name.startswith(_HTMX)]}
    vars(request).pop("headers", None)  # Django reads them from META once
    if said[_PART] != "true" or any(said.get(name) == "true" for name in _WHOLE):
        return None
    meta[_PART], meta[_TARGET] = "true", said.get(_TARGET, "")
    return str(meta[_TARGET])


def _currency(request: HttpRequest) -> str:
    code = request.COOKIES.get(CURRENCY, "")
    if code and not _CODE.fullmatch(code):
        del request.COOKIES[CURRENCY]
        return ""
    return code


def _tidy(request: HttpRequest) -> None:
    """Leave in the query what its view takes, by name: nothing else can be on the page, whatever echoes its address."""
    meta = request.META
    query = meta.get("QUERY_STRING")
    if query:
        path = request.path_info
        tidy = _tidy_at if len(path) + len(query) <= _SHORT else _tidy_at.__wrapped__
        meta["QUERY_STRING"] = tidy(path, query)
        vars(request).pop("GET", None)  # Django reads it from META once


@functools.lru_cache(maxsize=4096)
def _tidy_at(path: str, query: str) -> str:
    takes = (_taken_at if len(path) <= _SHORT else _taken_at.__wrapped__)(path)
    if takes is None:
        return query
    try:
        asked = QueryDict(query.encode("iso-8859-1"))  # as it stands in a WSGI environment
    except TooManyFieldsSent:  # which is refused where all such are
        return query
    tidy = QueryDict(mutable=True)
    for name in sorted(name for name in asked if "".join(name.partition(".")[:2]) in takes):
        tidy.setlist(name, asked.getlist(name))
    return tidy.urlencode()


@functools.lru_cache(maxsize=4096)
def _taken_at(path: str) -> frozenset[str] | None:
    """The parameters that the view at this address takes; None where that does not say."""
    with translation.override(languages.default()), suppress(Resolver404):
        found: frozenset[str] | None = getattr(resolve(languages.plain(path)).func, "takes", None)
        return found
    return None
