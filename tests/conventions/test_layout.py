"""What each file is called says what it may do (docs/architecture.md)."""

import ast
from pathlib import Path

import pytest

from tests.conventions.code import ROOT, components, names, nodes, sources, templates

RULED_OUT = {"utils.py", "helpers.py", "common.py", "managers.py", "exceptions.py", "signals.py"}
TOP_LEVEL = {
    *("manage.py", "requirements.txt", "requirements-dev.txt", "Makefile", "pyproject.toml", "README.md"),
    *("CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", ".gitignore", ".pre-commit-config.yaml", ".ci"),
    *("shop", "inventory", "catalog", "cart", "checkout", "templates", "static", "locale"),
    *("tests", "docs", "bench", "deploy"),
}
DOORS = {"views.py", "receivers.py", "tasks.py", "webhooks.py"}


def test_the_top_level_is_the_one_of_the_architecture():
    import subprocess

    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {line.split("/")[0] for line in listed.splitlines()} - TOP_LEVEL == set()


@pytest.mark.parametrize("component", components())
def test_every_component_says_what_it_is(component):
    text = ast.get_docstring(sources()[f"{component}/__init__.py"]) or ""
    assert 3 <= len(text.splitlines()) <= 8, f"{component}: 3 to 8 lines of docstring"


def test_an_init_holds_nothing_but_its_docstring():
    allowed = {
        "checkout/payments/providers/__init__.py",
        "checkout/fulfilment/carriers/__init__.py",
        "shop/local/__init__.py",
    }
    full = [
        name
        for name, tree in sources().items()
        if name.endswith("__init__.py") and len(tree.body) > 1 and name not in allowed
    ]
    assert full == []


def test_no_file_has_a_name_that_says_nothing():
    assert [name for name in sources() if Path(name).name in RULED_OUT] == []


def test_files_are_short():
    long = [
        name for name in sources() if name != "shop/settings.py" and len((ROOT / name).read_text().splitlines()) > 300
    ]
    assert long == []


def test_templates_are_short():
    assert [name for name, text in templates().items() if len(text.splitlines()) > 120] == []


def _imports(tree: ast.Module) -> set[str]:
    """What a module imports when it runs; imports for annotations alone do not count."""
    found: set[str] = set()
    for_types = [node for node in ast.walk(tree) if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)]
    skipped = {id(inner) for block in for_types for inner in ast.walk(block)}
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found


@pytest.mark.parametrize("name", [name for name in names() if Path(name).name in DOORS or "/api" in name])
def test_doors_import_no_models(name):
    """Views, REST calls, receivers and tasks translate; reads and writes are selectors and services."""
    ours = {
        module
        for module in _imports(sources()[name])
        if module.startswith(("shop", "inventory", "catalog", "cart", "checkout"))
    }
    allowed = {"shop/events/tasks.py"}  # the tasks of the outbox are its engine
    assert name in allowed or [module for module in ours if ".models" in module] == []


@pytest.mark.parametrize("name", [n for n in names() if Path(n).name == "models.py" and len(Path(n).parts) == 2])
def test_an_apps_models_are_a_table_of_contents(name):
    body = sources()[name].body[1:]
    assert all(isinstance(node, ast.ImportFrom | ast.Assign) for node in body)


def test_nobody_imports_through_an_apps_table_of_contents():
    tables = {
        f"{app}.{what}" for app in ("shop", "inventory", "catalog", "cart", "checkout") for what in ("models", "admin")
    }
    guilty = [
        name
        for name, tree in sources().items()
        for node in nodes(tree)
        if isinstance(node, ast.ImportFrom) and node.module in tables
    ]
    assert guilty == []
