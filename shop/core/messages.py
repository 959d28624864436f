"""The texts that are translated: found in the code, kept in `locale/<language>/LC_MESSAGES/django.po`.

What only merchants see stays English and is left out (`_STAFF`); of models, what can be chosen is taken and not what
only the admin says. Nothing but Python is needed: `manage.py collect_messages` writes the catalogues.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jinja2
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from django.template import engines
from django.template.base import Node
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from jinja2.ext import extract_from_ast

ROOT = Path(__file__).resolve().parent.parent.parent
_CODE = ("shop", "catalog", "cart", "checkout", "inventory")
_STAFF = re.compile(
    r"(^|/)(admin|[a-z_]+_admin|merchant_forms|apps)\.py$|/(migrations|management|local|audit|events)/"
    r"|^shop/(settings|styleguide/|notifications/(labels|models|admin|previews|samples)|currencies/(forms|services|models))"
    r"|^inventory/(stock/(?!wording)|transfers/|suppliers/|feeds/|drift/|reservations/)"
    r"|^cart/promotions/(forms|typed|trace|coupon_forms|models)|^cart/shipping/(forms|fields|point_form|models)"
    r"|^cart/tax/(forms|models)|^catalog/(imports|merchantfeed|search/(forms|models)|api/writes|bundles/merchant)"
    r"|^catalog/products/(forms|inlines|naming|(picture|price)_forms|pricerules|prices)|^catalog/recommendations/models"
    r"|^checkout/(drafts|simulation|reconciliation|receivables|disputes|ledger|notes|holds|archive/models)/"
    r"|^checkout/api/(staff|desk|changes)|^checkout/changes/taxing"
    r"|^checkout/desk/(adding|address_form|archived|asking|edit|order_list|parcel_|screen|timeline)"
    r"|^checkout/fulfilment/(contents|labelling|leaving|packing|shorting|voiding|mailing|missing)"
    r"|^checkout/invoices/(forms|letterhead|reissuing|sample)|^checkout/storecredit/forms"
    r"|^checkout/payments/(capturing|route_|switching)|^checkout/giftcards/(batch|merchant)"
    r"|^checkout/returns/(receiving|reimbursing|screen)"
    r"|^checkout/warehouse/(?!papers/slips)"
    r"|^templates/(admin|styleguide|unfold|drf_spectacular)/|^templates/emails/(purchase_order|staff_notice|stock_)"
)
_FUNCTIONS = {
    "gettext": "s", "gettext_lazy": "s", "gettext_noop": "s", "ngettext": "sp", "ngettext_lazy": "sp",
    "pgettext": "cs", "pgettext_lazy": "cs", "npgettext": "csp", "npgettext_lazy": "csp",
}  # fmt: skip  # by which arguments they have: context, singular, plural
_ALWAYS = datetime(2026, 1, 1, tzinfo=UTC)
_IN_TAGS = re.compile(r"""_\((?:"([^"]+)"|'([^']+)')\)""")  # {{ given|default:_("Tax") }}


@dataclass(frozen=True, order=True)
class Message:
    """One text: `plural` and `context` are empty where it has none. `places` are the files that say it."""

    text: str
    plural: str = ""
    context: str = ""
    places: frozenset[str] = field(default=frozenset(), compare=False)


def is_for_staff(path: str) -> bool:
    """Whether what this file (from the root of the project) says is for merchants alone."""
    return _STAFF.search(path) is not None


def collected() -> list[Message]:
    """Every text that shoppers see, each once."""
    found: dict[Message, set[str]] = {}
    for path, message in _everything():
        found.setdefault(message, set()).add(path)
    plurals = {(one.text, one.context) for one in found if one.plural}
    kept = [one for one in found if one.plural or (one.text, one.context) not in plurals]
    return sorted(Message(one.text, one.plural, one.context, frozenset(found[one])) for one in kept)


def _everything() -> Iterator[tuple[str, Message]]:
    files = [path for folder in _CODE for path in (ROOT / folder).rglob("*.py")]
    files += [path for ending in _READERS if ending != "py" for path in (ROOT / "templates").rglob(f"*.{ending}")]
    for path in sorted(files):
        name = path.relative_to(ROOT).as_posix()
        if not is_for_staff(name):
            for message in _READERS[path.suffix[1:]](path):
                yield name, message


# --- Code


def _of_code(path: Path) -> Iterator[Message]:
    tree = ast.parse(path.read_text())
    names = {
        alias.asname or alias.name: _FUNCTIONS[alias.name]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if alias.name in _FUNCTIONS
    }
    roots = [tree] if path.name != "models.py" else [node for node in ast.walk(tree) if _are_choices(node)]
    for root in roots:
        for node in ast.walk(root):
            if isinstance(node, ast.Call) and (arguments := _called(node.func, names)):
                yield from _said(node, arguments)


def _are_choices(node: ast.AST) -> bool:
    """Of a model's module: classes of choices, and the functions and tables that say something."""
    if isinstance(node, ast.ClassDef):
        return any(isinstance(base, ast.Attribute) and base.attr.endswith("Choices") for base in node.bases)
    return isinstance(node, ast.FunctionDef)


def _called(node: ast.expr, names: dict[str, str]) -> str:
    """By which arguments a function that translates is called; empty for any other function."""
    if isinstance(node, ast.Attribute):  # translation.ngettext(…)
        is_ours = isinstance(node.value, ast.Name) and node.value.id == "translation"
        return _FUNCTIONS.get(node.attr, "") if is_ours else ""
    return names.get(node.id, "") if isinstance(node, ast.Name) else ""


def _said(call: ast.Call, arguments: str) -> Iterator[Message]:
    values = [one.value for one in call.args[: len(arguments)] if isinstance(one, ast.Constant)]
    if len(values) == len(arguments):
        given = dict(zip(arguments, map(str, values), strict=True))
        yield Message(given["s"], given.get("p", ""), given.get("c", ""))


# --- Templates


def _of_jinja(path: Path) -> Iterator[Message]:
    for _line, _function, said in extract_from_ast(jinja2.Environment().parse(path.read_text())):  # noqa: S701  (read only)
        texts = [text for text in (said if isinstance(said, tuple) else (said,)) if text]
        if texts:  # else it is a variable
            yield Message(texts[0], texts[1] if len(texts) > 1 else "")


def _of_template(path: Path) -> Iterator[Message]:
    source = path.read_text()
    for one in _IN_TAGS.finditer(source):
        yield Message(one[1] or one[2])
    template = engines["django"].from_string(source)
    yield from _of_nodes(template.template.nodelist)  # type: ignore[attr-defined]


def _of_nodes(nodes: Any) -> Iterator[Message]:
    for node in nodes:
        if isinstance(node, TranslateNode):
            context = node.message_context.var if node.message_context else ""
            yield Message(str(node.filter_expression.var.literal), context=str(context))
        elif isinstance(node, BlockTranslateNode):
            yield _of_block(node)
        for attribute in (*getattr(node, "child_nodelists", ()), "nodelist", "blocks"):
            inner = getattr(node, attribute, None)
            if inner is not None and not isinstance(inner, dict):
                yield from _of_nodes([one for one in inner if isinstance(one, Node)])
        for _condition, inner in getattr(node, "conditions_nodelists", ()):
            yield from _of_nodes(inner)


def _of_block(node: BlockTranslateNode) -> Message:
    singular, _names = node.render_token_list(node.singular)
    plural, _names = node.render_token_list(node.plural)
    if node.trimmed:
        singular, plural = (" ".join(map(str.strip, one.strip().splitlines())) for one in (singular, plural))
    return Message(singular, plural, node.message_context.var if node.message_context else "")


_READERS = {"py": _of_code, "html": _of_template, "txt": _of_template, "jinja": _of_jinja}


# --- Catalogues


def path_of(language: str) -> Path:
    return ROOT / "locale" / language / "LC_MESSAGES" / "django.po"


def catalogue(language: str) -> Catalog:
    """What is translated into this language; empty if there is no file."""
    path = path_of(language)
    if not path.exists():
        return _empty(language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def _empty(language: str) -> Catalog:
    """Without names and times, which would differ each time that it is written."""
    return Catalog(
        locale=language, header_comment="# Written by `make messages`; what is translated in it is kept.",
        project="Holdfast", version="1", msgid_bugs_address="-", last_translator="-", language_team="-",
        creation_date=_ALWAYS, revision_date=_ALWAYS, charset="utf-8", fuzzy=False,
    )  # fmt: skip


def update(language: str, messages: list[Message]) -> tuple[int, int]:
    """Write the catalogue anew: these messages, with the translations that there are. Returns how many that are, and
    how many have none.
    """
    known, new = catalogue(language), _empty(language)
    missing = 0
    for one in messages:
        key: Any = (one.text, one.plural) if one.plural else one.text
        before = known.get(key, context=one.context or None)
        is_there = before is not None and not before.fuzzy and bool(before.string) and all(_forms(before.string))
        text = (
            before.string
            if is_there and before is not None and isinstance(before.string, tuple) == bool(one.plural)
            else ""
        )
        missing += not text
        flags = ["python-format"] if re.search(r"%\(\w+\)", one.text) else []
        new.add(
            key, text, flags=flags, context=one.context or None, locations=[(place, 0) for place in sorted(one.places)]
        )
    path = path_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, new, width=0, sort_output=True, include_lineno=False, omit_header=False)
    return len(messages), missing


def _forms(text: Any) -> tuple[str, ...]:
    return text if isinstance(text, tuple) else (text,)
