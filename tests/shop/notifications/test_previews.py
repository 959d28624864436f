"""The previews of the e-mails in the admin: every template, whole, in every language, for staff alone."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission
from django.template import engines
from django.test import Client
from django.urls import reverse

from shop.accounts.models import User
from shop.notifications import labels, samples, services
from tests.conventions.code import templates

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_second_factor(settings: object) -> None:
    settings.STAFF_MFA_REQUIRED = False  # type: ignore[attr-defined]


@pytest.fixture
def clerk(client: Client) -> Client:
    user = User.objects.create_user("clerk@example.com", "a long password", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_notification"))
    client.force_login(user)
    return client


def url(name: str, template: str) -> str:
    return reverse(f"admin:shop_notification_{name}", args=[template])


def mails() -> set[str]:
    """The e-mails by their templates: a text and an HTML each."""
    found = {name.removeprefix("templates/emails/") for name in templates() if name.startswith("templates/emails/")}
    whole = {name.rpartition(".")[0] for name in found if not name.startswith(("_", "base."))}
    assert {f"{name}.{ending}" for name in whole for ending in ("txt", "html")} <= found
    return whole


def test_every_template_has_a_sample_and_no_sample_is_left_over() -> None:
    assert set(samples.SAMPLES) == mails()


def cents(text: str) -> int:
    return int(text.removeprefix("$").replace(".", "").replace(",", ""))


def test_the_sums_of_a_sample_add_up() -> None:
    order, told = samples.ORDER, samples.SAMPLES
    assert sum(cents(line["line_total"]) for line in order["lines"]) == cents(order["subtotal"])
    parts = [cents(order[name]) for name in ("subtotal", "shipping", "tax")]
    total = sum(parts) - cents(order["discount"])
    assert total == cents(order["total"])
    asked = told["order_to_pay"]
    assert cents(asked["order"]["paid"]) + cents(asked["order"]["to_pay"]) == total
    assert asked["amount"] == asked["order"]["to_pay"]
    settled = told["return_settled"]["settled"]
    assert sum(cents(one["amount"]) for one in settled["items"]) == cents(settled["amount"])
    assert settled["amount"] == settled["rest"] == settled["refunded"]
    bought = told["purchase_order"]
    assert sum(cents(line["total"]) for line in bought["lines"]) == cents(bought["total"])
    assert [line["quantity"] * cents(line["cost"]) for line in bought["lines"]] == [cents(bought["total"])]
    whole = (told["invoice"]["document"], told["credit_note"]["document"])
    assert {cents(one["total"]) for one in whole} == {total}
    assert cents(told["invoice"]["to_pay"]["amount"]) == cents(told["invoice_overdue"]["open"]) == total
    assert told["stock_low_list"]["count"] == len(told["stock_low_list"]["items"])
    assert told["stock_drift"]["count"] == len(told["stock_drift"]["findings"])


def test_a_sample_tells_one_story() -> None:
    order, told = samples.ORDER, samples.SAMPLES
    there = {line["name"] for line in order["lines"]}
    changed = told["order_changed"]
    assert {one["name"] for one in changed["added"]} <= there
    assert not {one["name"] for one in changed["removed"]} & there
    assert changed["difference"] == changed["comes_back"]
    assert told["invoice_overdue"]["due"] == told["invoice"]["to_pay"]["date"]


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
@pytest.mark.parametrize("template", sorted(samples.SAMPLES))
def test_every_sample_fills_its_template(template: str, language: str) -> None:
    engine = engines["django"].engine
    before, engine.string_if_invalid = engine.string_if_invalid, "<<%s is missing>>"
    try:
        message = services.render(template=template, language=language, context=samples.context(template))
    finally:
        engine.string_if_invalid = before
    html = str(message.alternatives[0][0])
    optional = r"<<(?:item\.\w+|line\.\w+) is missing>>"
    for text in (message.subject, message.body, html):
        assert "is missing" not in re.sub(optional, "", text)
        assert "None" not in text
    assert 10 < len(message.subject) < 90
    assert "\n" not in message.subject
    assert not re.search(r"\n{4,}", message.body)  # no gaping holes
    assert "<" not in message.body.replace("<<", "")


@pytest.mark.parametrize("template", sorted(samples.SAMPLES))
def test_the_text_says_what_the_html_says(template: str) -> None:
    """Whoever reads plain text misses no amount and no way on."""
    message = services.render(template=template, language="en", context=samples.context(template))
    html = unescape(str(message.alternatives[0][0]))
    shown = re.sub(r"<head>.*?</head>", "", html, flags=re.S)
    for pattern in (r"\$\d[\d.,]*\d", r"(?:ORD|RET|INV|PO)-[\d-]+"):
        assert set(re.findall(pattern, shown)) <= set(re.findall(pattern, f"{message.subject}\n{message.body}"))
    for link in re.findall(r'href="(https?://[^"]+)"', shown):
        assert link in message.body


@pytest.mark.parametrize("template", sorted(samples.SAMPLES))
def test_a_mail_is_dark_where_its_reader_is_and_says_at_once_what_it_is_about(template: str) -> None:
    message = services.render(template=template, language="en", context=samples.context(template))
    html = str(message.alternatives[0][0])
    (style,) = re.findall(r"<style>(.*?)</style>", html, re.S)
    assert re.sub(r"@media [^{]+\{(?:[^{}]+\{[^{}]*\})+\s*\}", "", style).strip() == ""  # the rest is inline
    assert "(prefers-color-scheme: dark)" in style
    assert '<meta name="color-scheme" content="light dark">' in html
    assert "url(" not in html  # nothing is loaded, so nobody learns who has read it
    assert "<img" not in html
    (before,) = re.findall(r'<div class="preheader"[^>]*>([^<]*)</div>', html)
    assert 10 < len(unescape(before)) <= 140
    assert unescape(before) in " ".join(message.body.split())


def test_the_list_leads_to_every_mail(clerk: Client) -> None:
    html = clerk.get(reverse("admin:shop_notification_previews")).content.decode()
    for template in samples.SAMPLES:
        assert html.count(f'href="{url("preview", template)}">{labels.label(template)}</a>') == 1
    assert "Paid: order ORD-2026000123 is yours" in html


def test_a_mail_is_shown_as_text_and_framed_html(clerk: Client) -> None:
    answer = clerk.get(url("preview", "order_paid"), {"language": "en"})
    html = answer.content.decode()
    assert html.count("<iframe") == html.count(" sandbox ") == 2
    assert f'src="{url("preview_html", "order_paid")}?language=en"' in html
    assert "We write again when the parcel leaves." in html
    assert "frame-src 'self'" in answer["Content-Security-Policy"]
    framed = clerk.get(url("preview_html", "order_paid"))
    assert framed["X-Frame-Options"] == "SAMEORIGIN"
    assert framed["Content-Security-Policy"].startswith("default-src 'none';")
    assert framed["Content-Security-Policy"].endswith("sandbox")
    assert "Paid. It is yours." in framed.content.decode()


@pytest.mark.parametrize("template", ["base", "_order", "nothing"])
def test_what_is_no_mail_is_not_found(clerk: Client, template: str) -> None:
    assert clerk.get(url("preview", template)).status_code == 404
    assert clerk.get(url("preview_html", template)).status_code == 404


def test_an_unknown_language_is_the_shops_own(clerk: Client) -> None:
    assert clerk.get(url("preview", "order_paid"), {"language": "xx"}).status_code == 200


def test_A09_others_see_no_previews(client: Client) -> None:
    pages = [reverse("admin:shop_notification_previews"), url("preview", "order_paid"), url("preview_html", "account")]
    assert [client.get(page).status_code for page in pages] == [302, 302, 302]
    client.force_login(User.objects.create_user("other@example.com", "a long password", is_staff=True))
    assert [client.get(page).status_code for page in pages] == [403, 403, 403]


@pytest.mark.parametrize("template", ["order_to_pay", "payment_failed"])
def test_no_sentence_ends_with_a_time_that_has_a_stop_of_its_own(template: str) -> None:
    until = datetime(2026, 11, 24, 21, 45, tzinfo=UTC)
    words = {
        "order_to_pay": {"until": "November 24, 2026, 9:45\u202fPM (UTC)"},
        "payment_failed": {"hold_until": until},
    }[template]
    message = services.render(template=template, language="en", context=samples.context(template) | words)
    found = [line for line in message.body.splitlines() if "9:45" in line]
    items = {"order_to_pay": "the items", "payment_failed": "your items"}[template]
    assert found == [f"Until November 24, 2026, 9:45\u202fPM (UTC), we keep {items} for you."]
