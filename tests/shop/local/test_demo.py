from pathlib import Path

import pytest

from shop.local import addresses, demo


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("STRIPE_SECRET_KEY", raising=False)
    addresses.set_up(tmp_path)
    return tmp_path


def test_the_demo_is_wanted_once_even_when_the_server_moves_to_another_port(data: Path) -> None:
    assert demo.is_wanted(data, addresses.environment(data))
    demo.mark(data, addresses.environment(data))
    addresses.keep_port(data, "postgres", 31999)
    assert not demo.is_wanted(data, addresses.environment(data))


def test_the_marker_holds_no_password(data: Path) -> None:
    demo.mark(data, {"DATABASE_URL": "postgres://shop:hush@db.example/shop"})
    assert (data / "demo-loaded").read_text() == "db.example:5432/shop\n"


@pytest.mark.parametrize(
    ("more", "aliases"),
    [
        ({}, ["default"]),
        ({"CATALOG_DATABASE_URL": "postgres://c/c"}, ["default", "catalog"]),
        (
            {"CATALOG_DATABASE_URL": "postgres://c/c", "INVENTORY_DATABASE_URL": "postgres://i/i"},
            ["default", "catalog", "inventory"],
        ),
    ],
)
def test_every_database_is_migrated(more: dict[str, str], aliases: list[str]) -> None:
    assert demo.databases({"DATABASE_URL": "postgres://d/d", **more}) == aliases
