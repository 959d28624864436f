"""What a page needs first is said in a header, by the page itself."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from shop.core import hints

pytestmark = pytest.mark.django_db


def test_what_nothing_is_drawn_without_is_named() -> None:
    page = (
        b'<head><link rel="preload" href="/static/a.woff2" as="font" type="font/woff2" crossorigin>'
        b'<link rel="stylesheet" href="/static/a.0123456789ab.css"><link rel="icon" href="/static/i.svg">'
        b'<script src="/static/first.js"></script><script src="/static/late.js" defer></script>'
        b'<script type="module" src="/static/module.js"></script><script type="application/ld+json">{}</script>'
        b'<link rel="stylesheet" href="/x>; rel=evil"></head><body><link rel="stylesheet" href="/late.css">'
    )

    assert hints.preloads(page) == (
        '</static/a.woff2>; rel=preload; as=font; type="font/woff2"; crossorigin, '
        "</static/a.0123456789ab.css>; rel=preload; as=style, "
        "</static/first.js>; rel=preload; as=script"
    )


@pytest.mark.parametrize("is_kept", [True, False])
@pytest.mark.parametrize("path", ["/", "/products/", "/cart/", "/account/login/"])
def test_pages_name_what_they_load(path: str, is_kept: bool, settings: object) -> None:
    settings.KEEP_PAGES = is_kept  # type: ignore[attr-defined]

    answers = [Client().get(path) for _time in range(2)]

    for answer in answers:
        head = answer.content.decode().partition("</head>")[0]
        styles = re.findall(r'<link rel="stylesheet" href="([^"]+)"', head)
        fonts = re.findall(r'<link rel="preload" href="([^"]+\.woff2)"', head)
        scripts = re.findall(r'<script src="([^"]+)"></script>', head)
        named = re.findall(r"<([^>]+)>; rel=preload; as=(\w+)", answer["Link"])
        assert sorted(named) == sorted(
            [(one, "style") for one in styles] + [(one, "script") for one in scripts] + [(one, "font") for one in fonts]
        )
        assert len(styles) >= 1
        assert len(fonts) >= 1
        assert len(scripts) == 1


@pytest.mark.parametrize("path", ["/api/products/", "/robots.txt", "/sw.js"])
def test_what_is_no_page_names_nothing(path: str) -> None:
    assert "Link" not in Client().get(path)
