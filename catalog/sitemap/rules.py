"""Sitemaps as XML, by sitemaps.org and Google's additions for pictures and languages. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

MOST = 50_000  # addresses in a file, and files in an index: the format allows no more

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_MORE = (
    ' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1" xmlns:xhtml="http://www.w3.org/1999/xhtml"'  # names
)


@dataclass(frozen=True, slots=True)
class Page:
    """A page, by its path in the default language; `picture` is a whole address."""

    path: str
    changed_at: datetime | None = None
    picture: str = ""


def index(files: Iterable[tuple[str, datetime | None]]) -> str:
    """The list of sitemaps: their whole addresses, and when something in them changed last."""
    rows = "".join(f"<sitemap><loc>{escape(one)}</loc>{_changed(at)}</sitemap>\n" for one, at in files)
    return f"{_HEAD}<sitemapindex {_SPACE}>\n{rows}</sitemapindex>\n"


def urlset(pages: Iterable[Page], *, site: str, prefixes: Sequence[tuple[str, str]]) -> str:
    """The pages in every language: `prefixes` are (language, what its paths begin with), the default one first. Each
    names all of them, as search engines want it.
    """
    return f"{_HEAD}<urlset {_SPACE}{_MORE}>\n{''.join(_rows(pages, site, prefixes))}</urlset>\n"


def _rows(pages: Iterable[Page], site: str, prefixes: Sequence[tuple[str, str]]) -> Iterable[str]:
    for page in pages:
        addresses = [(code, f"{site}{prefix}{page.path}") for code, prefix in prefixes]
        others = "".join(_link(code, address) for code, address in addresses) if len(addresses) > 1 else ""
        if others:
            others += _link("x-default", addresses[0][1])
        picture = f"<image:image><image:loc>{escape(page.picture)}</image:loc></image:image>" if page.picture else ""
        end = f"{_changed(page.changed_at)}{others}{picture}</url>\n"
        for _code, address in addresses:
            yield f"<url><loc>{escape(address)}</loc>{end}"


def _link(code: str, address: str) -> str:
    return f'<xhtml:link rel="alternate" hreflang="{code}" href={quoteattr(address)}/>'


def _changed(at: datetime | None) -> str:
    return f"<lastmod>{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}</lastmod>" if at else ""
