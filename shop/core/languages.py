"""The languages a shop is offered in, and their addresses: the first one at the plain address, the others below their
code (`/de/products/…`).

The address alone decides in what language a page is, never a cookie, a session or what the browser prefers: so a page
can be kept and found by its address.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import LocalePrefixPattern, URLPattern, URLResolver
from django.utils import translation
from django.utils.cache import patch_vary_headers

ADMIN = "en"  # the language that merchants work in, and that the texts of the code are in
TRANSLATED = ("de", "es", "ar")  # those there are catalogues of (`locale/`)
_SHARED_AS = {"en": "en_US", "de": "de_DE", "es": "es_ES", "ar": "ar_AR"}  # Open Graph has no language without a place
_GetResponse = Callable[[HttpRequest], HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Alternate:
    """The same page in one of the shop's languages: `path` is its address, `name` the language's own name, `locale`
    what those call it who show pages that are shared."""

    code: str
    name: str
    path: str
    is_current: bool

    @property
    def locale(self) -> str:
        return _SHARED_AS.get(self.code, self.code.replace("-", "_"))


def codes() -> list[str]:
    """The languages the shop is offered in, the one of plain addresses first."""
    return [code for code, _name in settings.LANGUAGES]


def named() -> list[tuple[str, str]]:
    """Each of them with its own name, in the same order."""
    return [(code, str(name)) for code, name in settings.LANGUAGES]


def default() -> str:
    """The language of plain addresses, and of what the catalogue's own fields say."""
    return str(settings.LANGUAGE_CODE)


def known(code: str) -> str:
    """This language, if the shop is offered in it; else the default one."""
    return code if code in codes() else default()


def current() -> str:
    """The language that is active, always one of the shop's."""
    return known(translation.get_language() or "")


def prefix(code: str = "") -> str:
    """What the addresses of a language (of the active one, if none is named) begin with: "" or "/de"."""
    code = code or translation.get_language() or ""
    return "" if code == settings.LANGUAGE_CODE or code not in codes() else f"/{code}"


def here(path: str) -> str:
    """A plain path in the active language. Where a page has hundreds of addresses: `reverse` takes far longer."""
    return f"{prefix()}{path}"


def of(path: str) -> str:
    """The language that a path is in."""
    first = path[1:].partition("/")[0]
    return first if first != default() and first in codes() else default()


def plain(path: str) -> str:
    """The path without its language: what it is about."""
    return path.removeprefix(prefix(of(path))) or "/"


def alternates(path: str) -> list[Alternate]:
    """The page at this address (perhaps with the shop's host, perhaps with a query) in every language, the default one
    first; nothing where the shop has only one.
    """
    if len(settings.LANGUAGES) < 2:
        return []
    parts = urlsplit(path)
    what, now = plain(parts.path), of(parts.path)
    return [
        Alternate(code, str(name), parts._replace(path=f"{prefix(code)}{what}").geturl(), code == now)
        for code, name in settings.LANGUAGES
    ]


class Prefix(LocalePrefixPattern):
    """The part of the addresses of pages that says their language, as this module has it."""

    @property
    def language_prefix(self) -> str:
        return f"{prefix()}/".lstrip("/")


def everywhere(pages: Sequence[URLPattern | URLResolver]) -> URLResolver:
    """These pages, in every language of the shop. Reversed, their addresses are in the active one."""
    return URLResolver(Prefix(), pages)


def by_address(get_response: _GetResponse) -> _GetResponse:
    """Middleware: the language of the address is active. Programs ask for theirs by `Accept-Language`, merchants work
    in English.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        path = request.path_info
        is_api = path.startswith("/api/")
        code = _asked(request) if is_api else ADMIN if path.startswith("/admin/") else of(path)
        with translation.override(code):
            request.LANGUAGE_CODE = code  # type: ignore[attr-defined]
            response = get_response(request)
        if is_api:
            patch_vary_headers(response, ["Accept-Language"])
        response.headers.setdefault("Content-Language", code)
        return response

    return middleware


def _asked(request: HttpRequest) -> str:
    """What a program prefers of the shop's languages, by its header alone."""
    wanted = translation.trans_real.parse_accept_lang_header(request.headers.get("Accept-Language", ""))  # type: ignore[attr-defined]
    for code, _weight in wanted:
        if code == "*":
            break
        try:
            return translation.get_supported_language_variant(code)
        except LookupError:
            continue
    return default()
