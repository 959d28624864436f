"""Views whose page is the same for everybody, so that it can be kept (`shop.core.kept`).

Such a view says by which versions its page is known to have changed. They are read before anything that it shows, so a
page is never kept under a version that is newer than what is on it. Who has to have a page of their own gets one: it is
neither taken from what is kept nor kept.
"""

from __future__ import annotations

import functools
import hashlib
import io
import re
import sys
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache as store
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import patch_vary_headers

from shop.core import asked, cache, db, hints, kept
from shop.core.kept import Page

log = structlog.get_logger("shop.pages")

SCRIPTED = "js"  # cookie: scripts run here, and write into a page that is everybody's what is of this visitor
OWN = "own"  # cookie: pays other prices than everybody, or is shown more
_OF_SOMEBODY = (settings.SESSION_COOKIE_NAME, "cart")  # cookies that only scripts can make up for
_MESSAGES = "messages"  # cookie: something is to be said on the next page
# Parts of pages that no script completes: whoever is signed in has their own, and of shelves whoever has a cart.
_OF_GUESTS = re.compile(r"/products/[^/]+/(reviews|recommendations)/$")

_PATHS = re.compile(r"/(?:[a-z]{2}(?:-[a-z]+)?/)?(?:$|products/|categories/|brands/|search/suggest/|sitemap|feeds/)")

# --- Views


def public(
    *entries: cache.Entry,
    of: Callable[..., Iterable[str]] | None = None,
    takes: Collection[str] = (),
    reads: Sequence[str] = (),
) -> Callable[..., Any]:
    """Decorator of a view whose page is everybody's: it knows no user, session or token then.

    `entries` are versions (`shop.core.cache`) that change with what it shows; `of(**address)` names more, which
    `changed` changes. `takes` are the GET parameters that it knows (`attr.` stands for all that begin so): it is never
    shown any other, so that they make no other page. `reads` are keys of the cache that it looks at, read with them.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @functools.wraps(view)
        def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if is_personal(request):
                response = view(request, *args, **kwargs)
                response.setdefault("Cache-Control", "private, no-cache")
                return response
            request.user, request.is_everybodys = AnonymousUser(), True  # type: ignore[attr-defined]
            request.META.pop("CSRF_COOKIE", None)  # the visitor's; a view that asks for a token makes one, and is found
            names = [entry.name for entry in (*_FRAME, *entries)]
            if of is not None:
                names += [cache.PAGES_OF.key(name) for name in of(*args, **kwargs)]
            versions = versions_of([*names, *reads], len(_FRAME) + len(entries))
            with cache.known(dict.fromkeys(reads) | versions), asked.without_cookies(request):
                response = view(request, *args, **kwargs)
            response.public = {name: versions.get(name) for name in names}  # type: ignore[attr-defined]
            return response

        shown.takes = frozenset(takes)  # type: ignore[attr-defined]
        return shown

    return decorate


def versions_of(names: Sequence[str], first: int) -> dict[str, Any]:
    """The versions that are known under these cache keys; those of the `first` ones are made where they are not."""
    found = store.get_many(names)
    for name in names[:first]:
        if name not in found:
            store.add(name, str(db.uuid7()), cache.PAGES_VERSION.seconds)
            found[name] = store.get(name)
    return found


_FRAME = (cache.PAGES_VERSION, cache.CATEGORY_TREE, cache.CURRENCIES)  # what is round about every page


def is_personal(request: HttpRequest) -> bool:
    """Whether this visitor has to have a page of their own: other prices, something to be told, or a cart or a session
    and no script that would show it.
    """
    cookies = request.COOKIES
    if not cookies:
        return False
    if OWN in cookies or _MESSAGES in cookies:
        return True
    if not any(name in cookies for name in _OF_SOMEBODY):
        return False
    part = _OF_GUESTS.search(request.path)
    if SCRIPTED in cookies and part is not None and part[1] == "reviews":
        return settings.SESSION_COOKIE_NAME in cookies
    return SCRIPTED not in cookies or part is not None


def is_everybodys(request: HttpRequest) -> bool:
    """Whether the page that is being made for this request is shown to others as well."""
    return getattr(request, "is_everybodys", False)


def changed(*names: str) -> None:
    """Pages of these (`public`'s `of`) are made anew from now on."""
    cache.PAGES_OF.set_many({name: str(db.uuid7()) for name in names})


def forget() -> None:
    """All pages are made anew from now on."""
    cache.PAGES_VERSION.set(str(db.uuid7()))


def warm(address: str, *, currency: str = "") -> bool:
    """Make the page at this address as if a visitor had asked for it, unless it is kept and current. Returns whether it
    was made. `currency`: as the visitor's cookie has it, empty for none.
    """
    site, (path, _mark, query) = urlsplit(settings.SITE_URL), address.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query, "HTTP_HOST": site.netloc,
        "SERVER_NAME": site.hostname, "SERVER_PORT": str(site.port or 443), "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1", "wsgi.url_scheme": site.scheme, "HTTP_X_FORWARDED_PROTO": site.scheme,
        "wsgi.input": io.BytesIO(), "wsgi.errors": sys.stderr, WARMING: True,
    }  # fmt: skip
    if currency:
        environ["HTTP_COOKIE"] = f"{asked.CURRENCY}={currency}"
    key = key_of(WSGIRequest(environ))
    if key is None or kept.find(key) is not None:
        return False
    answer: Any = _handler()(environ, lambda *_started: lambda _body: None)
    answer.close()
    return bool(answer.status_code == 200)


WARMING = "shop.warming"  # in the environment of a request that no visitor has made


@functools.lru_cache(maxsize=1)
def _handler() -> WSGIHandler:
    return WSGIHandler()


def until(response: HttpResponse, moment: float) -> None:
    """The page is true until then (Unix time), whatever changes."""
    response.public_until = moment  # type: ignore[attr-defined]


def tell(response: HttpResponse, path: str, *facts: Any) -> None:
    """Call the function at this dotted path whenever the page is shown from what is kept."""
    response.public_told = path, facts  # type: ignore[attr-defined]


@functools.lru_cache(maxsize=1)
def release() -> str:
    """What pages are made by: `RELEASE`, else the files that are here now."""
    if settings.RELEASE:
        return str(settings.RELEASE)
    root = Path(settings.BASE_DIR)
    folders = ("templates", "static", "locale", "shop", "catalog", "cart", "inventory")
    files = [path for folder in folders for path in (root / folder).rglob("*.*") if path.suffix != ".pyc"]
    facts = sorted(f"{path.relative_to(root)} {path.stat().st_mtime_ns}" for path in files)
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:12]


def key_of(request: HttpRequest) -> str | None:
    """Under what the page is kept; None for what never is: other methods and addresses, and what is somebody's own.

    What is no part of the key is left out of the request, for everything that comes after (`shop.core.asked`).
    """
    if (
        not settings.KEEP_PAGES
        or request.method not in ("GET", "HEAD")
        or not _PATHS.match(request.path)
        or is_personal(request)
    ):
        return None
    facts = (release(), *asked.only(request))
    return hashlib.blake2b(repr(facts).encode("utf-8", "replace"), digest_size=16).hexdigest()


def _can_be_made_up(request: HttpRequest) -> bool:
    """Whether anybody can ask for as many pages as they like by changing what this one was asked for with. Of a host
    there are as many as it has ports.
    """
    meta, own = request.META, urlsplit(settings.SITE_URL).netloc
    is_elsewhere = meta.get("HTTP_HOST", own) != own
    return bool(is_elsewhere or meta.get("QUERY_STRING") or asked.is_part(request) or asked.CURRENCY in request.COOKIES)


def is_worth(key: str, request: HttpRequest) -> bool:
    """Whether the page that is made for this request is to be kept, if it can be."""
    return WARMING in request.META or not _can_be_made_up(request) or kept.asked_before(key)


def keep(key: str, request: HttpRequest, response: HttpResponseBase, *, is_kept: bool) -> Page | None:
    """The answer as a page, kept if it is to be and anything can be; None if it is not everybody's, or not a page."""
    versions = getattr(response, "public", None)
    if versions is None or response.status_code != 200 or response.streaming:
        return None
    if _is_somebodys(request, response):
        log.error("a page that is everybody's holds something of somebody; it is not kept", path=request.path)
        return None
    page = _page(request, response, versions, kept_before=cache.PAGES.get(key) if is_kept else None, is_kept=is_kept)
    if is_kept:
        kept.put(key, page)
    return page


def _is_somebodys(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether the visitor was looked at after all: nothing of that may be shown to others."""
    session = getattr(request, "session", None)
    return bool(
        response.cookies
        or (session is not None and (session.accessed or session.modified))
        or "CSRF_COOKIE" in request.META
        or "cookie" in response.get("Vary", "").lower()
    )


def _modified(before: Page | None, etag: str) -> int:
    """When the page became what it is (Unix time): a second that no other content of it has."""
    now = int(time.time())
    if before is None:
        return now
    return before.modified if before.etag == etag else max(now, before.modified + 1)


def _page(
    request: HttpRequest, response: Any, versions: kept.Versions, *, kept_before: Page | None, is_kept: bool
) -> Page:
    body, match = response.content, request.resolver_match
    etag = hashlib.blake2b(body, digest_size=12).hexdigest()
    patch_vary_headers(response, ["Accept-Encoding"])
    at_a_cdn = f"max-age=0, s-maxage={settings.CDN_SECONDS}"
    response["Cache-Control"] = f"public, {at_a_cdn if settings.CDN_SECONDS else 'no-cache'}"
    if hinted := hints.preloads(body):
        response["Link"] = hinted
    left_out = {"Content-Length", "X-Request-ID", "ETag"}
    return Page(
        headers=tuple((name, value) for name, value in response.items() if name not in left_out),
        bodies=kept.compressed(body, is_kept=is_kept),
        etag=etag,
        modified=_modified(kept_before, etag),
        versions=dict(versions),
        until=min(time.time() + cache.PAGES.seconds, getattr(response, "public_until", float("inf"))),
        route=match.route if match else "",
        url_name=match.url_name or "" if match else "",
        told=getattr(response, "public_told", None),
    )
