"""Rules of writing that no linter knows."""

import ast
import re
from pathlib import Path

import pytest

from tests.conventions.code import ROOT, calls, names, nodes, sources, templates


@pytest.mark.parametrize("function", ["atomic", "on_commit"])
def test_transactions_name_their_database(function):
    """There may be three databases: `atomic(using=…)` and `on_commit(…, using=…)` always say which."""
    silent = [
        f"{name}:{call.lineno}"
        for name, tree in sources().items()
        for call in calls(tree, function)
        if not any(keyword.arg == "using" for keyword in call.keywords)
    ]
    assert silent == []


def test_row_locks_live_in_locking():
    """`select_for_update` stands in `locking.py`; the outbox and the e-mail queue claim their own rows."""
    allowed = {"shop/events/tasks.py", "shop/notifications/services.py"}
    elsewhere = {
        name
        for name, tree in sources().items()
        if calls(tree, "select_for_update") and Path(name).name != "locking.py" and name not in allowed
    }
    assert elsewhere == set()


def _assigned(attribute: str) -> set[str]:
    """Files that assign `something.<attribute>`, or update it in a query."""
    found = set()
    for name, tree in sources().items():
        for node in nodes(tree):
            targets = (
                node.targets
                if isinstance(node, ast.Assign)
                else [node.target]
                if isinstance(node, ast.AugAssign)
                else []
            )
            if any(isinstance(target, ast.Attribute) and target.attr == attribute for target in targets):
                found.add(name)
        for call in calls(tree, "update"):
            if any(keyword.arg == attribute for keyword in call.keywords):
                found.add(name)
    return found


@pytest.mark.parametrize("quantity", ["on_hand", "reserved", "allocated", "shortfall"])
def test_each_stock_quantity_is_assigned_in_one_file(quantity):
    assert len(_assigned(quantity)) <= 1, _assigned(quantity)


def test_the_orders_status_is_assigned_in_one_file():
    guilty = {name for name in _assigned("status") if name.startswith("checkout/orders/")}
    assert len(guilty) <= 1, guilty


def test_nobody_empties_redis():
    """Clearing the cache empties all of Redis: what other processes count and remember, and the tasks that wait."""
    files = [*names(), *(path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("*.py"))]
    assert [name for name in files if re.search(r"\bcaches?(\[[^]]*\])?\.clear\(", (ROOT / name).read_text())] == []


def test_no_inline_script_or_style():
    """The Content-Security-Policy would refuse them. Data blocks (JSON-LD) are no script."""
    inline = re.compile(
        r"<script(?![^>]*\b(?:src|type=\"application/(?:ld\+)?json\"))|\son[a-z]+=|\sstyle=|<style", re.IGNORECASE
    )
    guilty = [
        f"{name}: {match.group(0)}"
        for name, text in templates().items()
        if not name.startswith(("templates/emails/", "templates/admin/"))
        for match in inline.finditer(re.sub(r"{#.*?#}|{% comment.*?endcomment %}", "", text, flags=re.DOTALL))
    ]
    assert guilty == []


def test_text_on_pages_is_translatable():
    """A template that shows words loads the translation tags."""
    words = re.compile(r">\s*[A-Z][a-z]+ [a-z]+")
    silent = [
        name
        for name, text in templates().items()
        if name.endswith(".html")
        and words.search(re.sub(r"{%.*?%}|{{.*?}}", "", text, flags=re.DOTALL))
        and "i18n" not in text
        and not name.startswith(("templates/500", "templates/styleguide/"))
    ]
    assert silent == []


def test_nothing_is_left_to_do():
    from tests.conventions.code import ROOT

    mark = re.compile(r"\b(?:TODO|FIXME|XXX)\b")
    assert [name for name in sources() if mark.search((ROOT / name).read_text())] == []
