"""The project's own files, parsed once, for the tests of its conventions."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("shop", "inventory", "catalog", "cart", "checkout")


@cache
def names() -> list[str]:
    """The path from the root of every Python file of the apps but migrations."""
    found = sorted(path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts)
    return [path.relative_to(ROOT).as_posix() for path in found]


@cache
def sources() -> dict[str, ast.Module]:
    """Every such file by its name; parsing them takes seconds: not while tests are collected."""
    return {name: ast.parse((ROOT / name).read_text()) for name in names()}


@cache
def templates() -> dict[str, str]:
    """Every template's text, by its path from the root."""
    found = sorted(path for path in (ROOT / "templates").rglob("*") if path.suffix in {".html", ".jinja", ".txt"})
    return {path.relative_to(ROOT).as_posix(): path.read_text() for path in found}


def components() -> list[str]:
    """The folders that are components: packages right below an app."""
    skip = {"migrations", "management", "templatetags", "api"}
    folders = {Path(name).parent for name in names() if len(Path(name).parts) >= 3}
    return sorted({"/".join(folder.parts[:2]) for folder in folders if folder.parts[1] not in skip})


@cache
def nodes(tree: ast.Module) -> tuple[ast.AST, ...]:
    """Everything in a file, in the order of `ast.walk`, which takes longer than whatever is looked for."""
    return tuple(ast.walk(tree))


def calls(tree: ast.Module, name: str) -> list[ast.Call]:
    """Every call of something whose last name is `name`."""
    return [node for node in nodes(tree) if isinstance(node, ast.Call) and _last(node.func) == name]


def _last(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
