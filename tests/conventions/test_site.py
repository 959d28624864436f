"""The site as a whole: every URL is named and used, and answers without a stack trace."""

import re

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from shop.core.admin import ReadOnlyAdmin
from tests.conventions.code import ROOT, sources, templates

OURS = ("shop.", "inventory.", "catalog.", "cart.", "checkout.")


ADDRESSES = {  # what monitors and programs rely on
    "live": "/health/live",
    "ready": "/health/ready",
    "metrics": "/metrics",
    "api_token": "/api/auth/token",
    "api_refresh": "/api/auth/refresh",
    "api_schema": "/api/schema/",
    "api_docs": "/api/docs/",
}


def test_fixed_addresses_stay():
    assert {name: reverse(name) for name in ADDRESSES} == ADDRESSES


def patterns(resolver: URLResolver | None = None) -> list[URLPattern]:
    found: list[URLPattern] = []
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            if entry.app_name not in {"admin"}:
                found += patterns(entry)
        elif getattr(entry.callback, "__module__", "").startswith(OURS):
            found.append(entry)
    return found


def test_every_page_has_a_name():
    assert [str(entry.pattern) for entry in patterns() if not entry.name] == []


def test_every_name_is_used():
    """A URL that nothing reverses is one that nothing links to."""
    text = "\n".join(
        [*templates().values()]
        + [(ROOT / name).read_text() for name in sources() if not name.endswith(("urls.py", "api_urls.py"))]
        + [path.read_text() for path in (ROOT / "tests").rglob("*.py")]
    )
    unused = sorted({entry.name for entry in patterns() if entry.name and not _is_used(entry.name, text)})
    assert unused == []


def _is_used(name: str, text: str) -> bool:
    return f'"{name}"' in text or f"'{name}'" in text


def test_admin_actions_name_methods_as_permissions():
    """Unfold looks a dotted permission up while Django checks itself, so that a new database could not be migrated."""
    dotted = re.compile(r"@(?:admin\.)?action\([^)]*permissions=\[[^\]]*\.", re.DOTALL)
    assert [name for name in sources() if dotted.search((ROOT / name).read_text())] == []


def test_admin_actions_name_their_permission_by_method():
    """Unfold looks a dotted permission up in the database while Django checks itself, before there are tables."""
    from django.contrib import admin

    dotted = [
        f"{type(page).__name__}.{name}: {permission}"
        for page in admin.site._registry.values()
        for name in dir(type(page))
        for permission in getattr(getattr(type(page), name, None), "allowed_permissions", None) or ()
        if "." in permission
    ]
    assert dotted == []


def test_no_form_of_prices_says_the_name_of_a_constraint():
    """What the database refuses is a sentence: “Constraint “price_once” is violated.” helps no merchant."""
    from django.contrib import admin

    pages = {model: page for model, page in admin.site._registry.items() if not isinstance(page, ReadOnlyAdmin)}
    models = [*pages, *(inline.model for page in pages.values() for inline in page.inlines)]
    unsaid = {
        constraint.name
        for model in models
        if model._meta.app_label in {"cart", "catalog"}
        for constraint in model._meta.constraints
        if constraint.violation_error_message == constraint.default_violation_error_message
    }
    assert unsaid == set()


def test_the_merchants_pages_write_dates_in_one_way():
    """As the admin's own lists do: with the month's name, which nobody takes for the day."""
    other = re.compile(r"\|date\b(?!:\"DATE(?:TIME)?_FORMAT\")")
    pages = {name: text for name, text in templates().items() if name.startswith("templates/admin/")}
    assert [name for name, text in pages.items() if other.search(text)] == []
    assert [name for name in sources() if "SHORT_DATE" in (ROOT / name).read_text()] == []


def test_every_class_of_the_merchants_pages_has_a_rule():
    """A class without one is a part of a page that nobody has laid out."""
    rules = "".join(path.read_text() for path in sorted((ROOT / "static/css").glob("admin-*.css")))
    ours = re.compile(r"(?:order|return|wave|pack|scan|purchase|warehouse)[\w-]*(?<!-)")
    written = re.compile(r"{%.*?%}|{{.*?}}")
    bare = {
        (name, word)
        for name, text in templates().items()
        if name.startswith("templates/admin/")
        for found in re.findall(r'class="([^"]*)"', written.sub(" ", text))
        for word in found.split()
        if ours.fullmatch(word) and not re.search(rf"\.{word}(?![\w-])", rules)
    }
    assert bare == set()
