"""Static files are collected once for each version."""

from pathlib import Path

import pytest

from shop.local import static


@pytest.fixture
def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A checkout of one static file, of which nothing is collected."""
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "shop.css").write_text("body {}")
    monkeypatch.setattr(static, "SOURCES", tmp_path / "sources")
    return {"STATIC_ROOT": str(tmp_path / "collected")}


def test_they_are_wanted_until_they_are_collected(env: dict[str, str]) -> None:
    assert static.is_wanted(env)

    static.mark(env)

    assert not static.is_wanted(env)


@pytest.mark.parametrize(("name", "text"), [("shop.css", "body { color: red }"), ("other.css", "body {}")])
def test_a_file_that_is_another_one_or_new_makes_them_wanted(env: dict[str, str], name: str, text: str) -> None:
    static.mark(env)

    (static.SOURCES / name).write_text(text)

    assert static.is_wanted(env)


def test_another_version_of_a_package_makes_them_wanted(env: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    static.mark(env)

    monkeypatch.setattr(static.metadata, "version", lambda _name: "99")

    assert static.is_wanted(env)
