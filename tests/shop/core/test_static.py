"""Static files under names that change with their content."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.files.storage import FileSystemStorage
from django.test import Client

from shop.core import static
from shop.core.static import StaticFiles

FILES = {
    "css/shop.css": 'body { background: url("../img/ground.svg"); }',
    "img/ground.svg": "<svg/>",
    "js/page.js": 'import { a } from "./part.js";',
    "js/part.js": "export const a = 1;",
    "admin/css/theirs.css": 'p { background: url("not-there.svg"); }',
}


@pytest.fixture
def storage(tmp_path: Path) -> StaticFiles:
    """With `FILES` collected into a folder."""
    for name, text in FILES.items():
        (tmp_path / "from" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "from" / name).write_text(text * 40)
        (tmp_path / "to" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "to" / name).write_text(text * 40)
    made = StaticFiles(location=tmp_path / "to", base_url="/static/")
    source = FileSystemStorage(tmp_path / "from")
    for _name, _hashed, problem in made.post_process({name: (source, name) for name in FILES}):
        assert not isinstance(problem, Exception)
    return made


def test_own_files_have_a_hash_and_what_they_name_has_it_too(storage: StaticFiles) -> None:
    style, ground = storage.url("css/shop.css"), storage.url("img/ground.svg")
    part = storage.url("js/part.js")

    assert style.startswith("/static/css/shop.")
    assert len(style) == len("/static/css/shop.css") + 13
    assert Path(ground).name in Path(storage.path(style.removeprefix("/static/"))).read_text()
    assert Path(part).name in Path(storage.path(storage.url("js/page.js").removeprefix("/static/"))).read_text()


def test_they_are_compressed(storage: StaticFiles) -> None:
    style = Path(storage.path(storage.url("css/shop.css").removeprefix("/static/")))

    assert style.with_name(f"{style.name}.br").stat().st_size < style.stat().st_size


def test_a_change_changes_the_name(storage: StaticFiles, tmp_path: Path) -> None:
    before, path = storage.url("css/shop.css"), tmp_path / "to" / "css/shop.css"
    path.write_text("body { color: red; }" * 40)
    list(storage.post_process({"css/shop.css": (FileSystemStorage(tmp_path / "to"), "css/shop.css")}))

    assert storage.url("css/shop.css") != before


def test_those_of_packages_keep_their_names(storage: StaticFiles) -> None:
    assert storage.url("admin/css/theirs.css") == "/static/admin/css/theirs.css"


def test_what_was_not_collected_is_served_from_the_sources(storage: StaticFiles) -> None:
    assert storage.url("css/tokens.css") == "/static/css/tokens.css"
    assert finders.find("css/tokens.css")


@pytest.mark.parametrize(
    ("names", "given", "text"),
    [
        (static.SHEETS, static.sheets, "p {{ order: {}; }}\n"),
        (static.SCRIPTS, static.scripts, "{{\nconst own = {};\n}}\n"),
    ],
    ids=["sheets", "scripts"],
)
def test_what_every_page_has_is_one_file_where_it_is_collected(
    names: tuple[str, ...], given: Callable[[], list[str]], text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Scripts keep their names to themselves: each stands in a block of its own."""
    for number, name in enumerate(names):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"p {{ order: {number}; }}" if name.endswith("css") else f"const own = {number};")
    made, source = StaticFiles(location=tmp_path, base_url="/static/"), FileSystemStorage(tmp_path)
    list(made.post_process({name: (source, name) for name in names}))
    monkeypatch.setattr(static, "staticfiles_storage", made)

    (address,) = given()

    written = Path(made.path(address.removeprefix("/static/"))).read_text()
    assert written == "".join(text.format(number) for number in range(len(names)))


def test_modules_that_are_joined_import_and_export_nothing() -> None:
    """In a block they could not."""
    for name in static.SCRIPTS:
        found = finders.find(name)
        assert found
        assert not re.search(r"^\s*(?:import|export)\b", Path(found).read_text(), re.MULTILINE)


def test_without_collecting_they_are_as_they_are_written() -> None:
    assert static.sheets() == [f"/static/{name}" for name in static.SHEETS]
    assert static.scripts() == [f"/static/{name}" for name in static.SCRIPTS]


# What a server may send before it hears from the browser (RFC 6928), and twice what each of six files may have at once
# on a line of 1.6 Mbit/s and 150 ms, when one of them is there: segments of 1,460 bytes.
AT_ONCE, BESIDE_FIVE = 10 * 1460, (3 + 4) * 1460


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("font", "most"),
    [
        ("figtree-basic", BESIDE_FIVE),
        ("bricolage-grotesque-basic", BESIDE_FIVE),
        ("figtree-latin", AT_ONCE),
        ("bricolage-grotesque-latin", AT_ONCE),
    ],
)
def test_a_font_that_every_page_waits_for_comes_in_few_round_trips(font: str, most: int) -> None:
    answer = Client().get(f"/static/fonts/{font}.woff2")
    said = sum(len(f"{name}: {text}\r\n") for name, text in answer.headers.items())
    by_the_server = len("HTTP/1.1 200 OK\r\n") + len("server: granian\r\ndate: Mon, 23 Nov 2026 15:04:09 GMT\r\n\r\n")

    assert by_the_server + said + len(b"".join(answer.streaming_content)) <= most
    assert answer["X-Content-Type-Options"] == "nosniff"
    answer.close()
