"""A visit as a browser makes it, and how much of it somebody else than the application could have sent."""

from __future__ import annotations

import http.cookies
import re
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

import brotli

_PARTS = re.compile(r'<(?:link|script|img)\b[^>]*?\b(?:href|src)="([^"]+)"[^>]*>', re.IGNORECASE)
_PICTURE = re.compile(r"<picture>.*?</picture>", re.IGNORECASE | re.DOTALL)
_FIRST_SOURCE = re.compile(r'<source\b[^>]*\bsrcset="([^"\s]+)', re.IGNORECASE)
_NOT_LOADED = re.compile(r'\brel="(?:alternate|canonical|next|prev|manifest|search)"', re.IGNORECASE)
_SCRIPTED = re.compile(r'hx-get="([^"]+)"[^>]*hx-trigger="(?:load|intersect once)[^"]*"', re.IGNORECASE)


@dataclass
class Counted:
    """Bytes and pages of a visit: all of them, and those that a shared cache may keep."""

    size: int = 0
    kept_size: int = 0
    pages: int = 0
    kept_pages: int = 0
    seen: set[str] = field(default_factory=set)

    @property
    def bytes_share(self) -> float:
        return self.kept_size / self.size if self.size else 0.0

    @property
    def pages_share(self) -> float:
        return self.kept_pages / self.pages if self.pages else 0.0


class Browser:
    """Keeps cookies and what may be kept, loads what a page names, and runs what pages load by script."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.cookies = http.cookies.SimpleCookie("js=1")
        self.counted = Counted()

    def visit(self, paths: Sequence[str]) -> Counted:
        """One page after the other, each with its files, pictures and fragments."""
        for path in paths:
            html = self._load(urljoin(self.base, path), is_page=True)
            for address in _named(html):
                url = urljoin(urljoin(self.base, path), address)
                if urlsplit(url).netloc == urlsplit(self.base).netloc and url not in self.counted.seen:
                    self._load(url)
            for address in _SCRIPTED.findall(html):
                self._load(urljoin(self.base, address.replace("&amp;", "&")), headers={"HX-Request": "true"})
        return self.counted

    def _load(self, url: str, *, is_page: bool = False, headers: dict[str, str] | None = None) -> str:
        jar = "; ".join(f"{name}={morsel.value}" for name, morsel in self.cookies.items())
        asked = urllib.request.Request(url, headers={"Accept-Encoding": "br", "Cookie": jar, **(headers or {})})
        try:
            with urllib.request.urlopen(asked, timeout=30) as answer:
                body, head = answer.read(), answer.headers
        except urllib.error.HTTPError as refused:
            raise SystemExit(f"{url} answered {refused.code}") from refused
        for given in head.get_all("Set-Cookie") or ():
            self.cookies.load(given)
        kept = is_kept(head.get("Cache-Control") or "", bool(head.get("Set-Cookie")))
        self.counted.size += len(body)
        self.counted.kept_size += len(body) * kept
        if is_page:
            self.counted.pages += 1
            self.counted.kept_pages += kept
        if kept:
            self.counted.seen.add(url)
        if head.get("Content-Encoding") == "br":
            body = brotli.decompress(body)
        return body.decode("utf-8", "replace") if is_page else ""


def is_kept(cache_control: str, sets_cookie: bool) -> bool:
    """Whether a cache that all visitors share may keep such an answer (RFC 9111, 3)."""
    words = {word.strip().split("=")[0] for word in cache_control.lower().split(",")}
    if sets_cookie or words & {"private", "no-store"}:
        return False
    return bool(words & {"public", "s-maxage", "max-age"})


def _named(html: str) -> list[str]:
    """What a browser loads for the page: of a picture the first source that it would take."""
    found = [
        match[1].replace("&amp;", "&")
        for match in _PARTS.finditer(_PICTURE.sub("", html))
        if not _NOT_LOADED.search(match[0]) and not match[1].startswith("data:")
    ]
    for picture in _PICTURE.findall(html):
        source = _FIRST_SOURCE.search(picture)
        if source:
            found.append(source[1].replace("&amp;", "&"))
    return list(dict.fromkeys(found))
