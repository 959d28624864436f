"""Whether the demo catalogue is still to be loaded, and into which databases the migrations go."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from shop.local import addresses


def databases(env: Mapping[str, str]) -> list[str]:
    """The aliases to migrate: catalogue and inventory may have databases of their own."""
    return ["default", *(alias for alias in ("catalog", "inventory") if env.get(f"{alias.upper()}_DATABASE_URL"))]


def is_wanted(data: Path, env: Mapping[str, str]) -> bool:
    """Not loaded yet; into a database that is not ours only as long as it has no products."""
    marker = _marker(data)
    if marker.exists() and _name(data, env) in marker.read_text().splitlines():
        return False
    return _is_ours(data, env) or not _has_products(_url(env))


def mark(data: Path, env: Mapping[str, str]) -> None:
    """Remember that the demo catalogue is loaded. An interrupted load is not marked and begins again next time."""
    with open(_marker(data), "a") as file:
        file.write(f"{_name(data, env)}\n")


def _marker(data: Path) -> Path:
    return data / "demo-loaded"


def _url(env: Mapping[str, str]) -> str:
    return env.get("CATALOG_DATABASE_URL") or env["DATABASE_URL"]


def _is_ours(data: Path, env: Mapping[str, str]) -> bool:
    return _url(env) == addresses.database_url(data)


def _name(data: Path, env: Mapping[str, str]) -> str:
    """What the marker calls this database: no password, and the same when the embedded one changes its port."""
    if _is_ours(data, env):
        return "embedded"
    parts = urlsplit(_url(env))
    hosts = parts.netloc.rpartition("@")[2]
    return f"{hosts if ',' in hosts or parts.port else f'{parts.hostname}:5432'}{parts.path}"


def _has_products(url: str) -> bool:
    with psycopg.connect(url, connect_timeout=5) as connection:
        row = connection.execute("SELECT EXISTS (SELECT 1 FROM catalog_product)").fetchone()
        return row is not None and bool(row[0])
