"""What the shop sends so that a browser can do without a network for a while."""

from __future__ import annotations

import io
import json
import math
import re
import struct
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from PIL import Image, ImageChops

from shop.core import pages
from shop.offline import icons, views

pytestmark = pytest.mark.django_db
STATIC = Path(settings.BASE_DIR) / "static"


def _facts(body: str) -> dict[str, Any]:
    first = body.splitlines()[0]
    assert first.startswith("const RELEASE = ")
    facts: dict[str, Any] = json.loads(first.removeprefix("const RELEASE = ").removesuffix(";"))
    return facts


def test_the_worker_knows_its_release_and_is_asked_for_each_time(settings: Any) -> None:
    settings.RELEASE = "2026.11"
    pages.release.cache_clear()
    try:
        answer = Client().get(reverse("service_worker"))
    finally:
        pages.release.cache_clear()

    assert (reverse("service_worker"), answer["Content-Type"], answer["Cache-Control"]) == (
        "/sw.js", "text/javascript; charset=utf-8", "no-cache",
    )  # fmt: skip
    body = answer.content.decode()
    assert _facts(body) == {
        "name": "2026.11", "offline": ["/ar/offline/", "/de/offline/", "/es/offline/", "/offline/"],
        "files": "/static/", "pictures": "/media/",
    }  # fmt: skip
    assert body.endswith((STATIC / "js" / "worker.js").read_text())


def test_the_kill_switch_sends_a_worker_that_ends_itself(settings: Any) -> None:
    settings.SERVICE_WORKER = False

    answer = Client().get("/sw.js")
    page = Client().get("/offline/").content.decode()

    assert answer.content.decode().endswith((STATIC / "js" / "worker-off.js").read_text())
    assert '<meta name="release" content="">' in page  # so that no page starts one


def test_every_page_starts_the_worker_and_leads_to_the_manifest() -> None:
    page = Client().get("/").content.decode()

    assert f'<meta name="release" content="{pages.release()}">' in page
    assert f'<link rel="later" data-rel="manifest" href="{reverse("manifest")}">' in page  # once it is drawn
    assert re.findall(r'<meta name="theme-color" media="\(prefers-color-scheme: (\w+)\)" content="([^"]+)">', page) == [
        *views.THEMES.items()
    ]
    assert re.search(r'<link rel="script" href="/static/js/offline[^"]*" type="module">', page)


def test_the_policy_allows_workers_and_manifests_of_this_site_only() -> None:
    policy = Client().get("/")["Content-Security-Policy"]

    assert sorted(one for one in policy.split("; ") if one.startswith(("worker-src", "manifest-src"))) == [
        "manifest-src 'self'", "worker-src 'self'",
    ]  # fmt: skip


def test_the_offline_page_is_the_same_for_everybody_and_not_for_search_engines() -> None:
    answer = Client().get(reverse("offline"))

    assert (answer.status_code, answer["Cache-Control"], answer["X-Robots-Tag"], dict(answer.cookies)) == (
        200, "public, no-cache", "noindex", {},
    )  # fmt: skip
    assert "Cookie" not in answer.get("Vary", "")
    assert "{when}" in answer.content.decode()


def test_the_offline_page_of_somebody_is_not_public() -> None:
    client = Client()
    client.cookies["own"] = "1"

    assert client.get("/offline/")["Cache-Control"] == "private, no-cache"


def test_the_manifest_is_what_a_phone_installs() -> None:
    answer = Client().get(reverse("manifest"))
    told = answer.json()

    assert (answer["Content-Type"], told["name"], told["start_url"], told["scope"], told["display"]) == (
        "application/manifest+json", settings.SHOP_NAME, "/", "/", "standalone",
    )  # fmt: skip
    assert {(one["sizes"], one["purpose"]) for one in told["icons"]} == {
        ("any", "any"), ("192x192", "any"), ("512x512", "any"), ("512x512", "maskable"),
    }  # fmt: skip
    for one in told["icons"]:
        answer = Client().get(one["src"])
        assert (answer.status_code, answer["Content-Type"]) == (200, one["type"])
        content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
        if one["type"] == "image/png":
            wide, high = struct.unpack(">II", content[16:24])
            assert f"{wide}x{high}" == one["sizes"]
    assert [Client().get(one["url"]).status_code for one in told["shortcuts"]] == [200, 200, 200]


@pytest.mark.parametrize("icon", [*icons.ICONS, icons.TOUCH], ids=lambda one: one.name)
def test_icons_are_what_is_drawn(icon: icons.Icon) -> None:
    kept, drawn = Image.open(STATIC / "img" / icon.name), icons.draw(icon)

    assert kept.size == drawn.size == (icon.size, icon.size)
    assert ImageChops.difference(kept.convert("RGBA"), drawn).getbbox() is None
    corner = drawn.getpixel((0, 0))
    assert corner[3] == (255 if icon.is_maskable else 0)  # type: ignore[index]
    if icon.is_maskable:  # nothing of the mark is outside of the circle that every mask leaves
        middle, ground = icon.size / 2, corner
        far = max(
            math.hypot(x - middle, y - middle)
            for x in range(0, icon.size, 3)
            for y in range(0, icon.size, 3)
            if drawn.getpixel((x, y)) != ground
        )
        assert far <= 0.4 * icon.size


def test_icons_are_made_by_a_command(tmp_path: Path, settings: Any) -> None:
    settings.BASE_DIR = tmp_path
    (tmp_path / "static" / "img").mkdir(parents=True)
    out = io.StringIO()

    call_command("draw_icons", stdout=out)

    names = [one.name for one in (*icons.ICONS, icons.TOUCH)]
    assert out.getvalue().split() == names
    for name in names:
        assert (tmp_path / "static" / "img" / name).read_bytes() == (STATIC / "img" / name).read_bytes()


def test_theme_colours_are_those_of_the_paper() -> None:
    tokens = (STATIC / "css" / "tokens.css").read_text()
    found = re.search(r"--paper: light-dark\(oklch\(([^)]+)\), oklch\(([^)]+)\)\)", tokens)
    assert found is not None

    assert {"light": _hex(found[1]), "dark": _hex(found[2])} == views.THEMES


def _hex(oklch: str) -> str:
    """By the matrices of CSS Color 4."""
    light, chroma, hue = map(float, oklch.split())
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    cones = [
        (light + 0.3963377774 * a + 0.2158037573 * b) ** 3,
        (light - 0.1055613458 * a - 0.0638541728 * b) ** 3,
        (light - 0.0894841775 * a - 1.2914855480 * b) ** 3,
    ]
    rows = [
        (4.0767416621, -3.3077115913, 0.2309699292),
        (-1.2684380046, 2.6097574011, -0.3413193965),
        (-0.0041960863, -0.7034186147, 1.7076147010),
    ]
    linear = [sum(share * cone for share, cone in zip(row, cones, strict=True)) for row in rows]
    parts = [12.92 * one if one <= 0.0031308 else 1.055 * one ** (1 / 2.4) - 0.055 for one in linear]
    return "#" + "".join(f"{round(255 * min(1, max(0, one))):02x}" for one in parts)
