from __future__ import annotations

import gzip
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from catalog.products import services as products
from catalog.recommendations import past
from catalog.recommendations.models import Neighbours, PastOrder
from shop.core import db
from tests.factories import catalog
from tests.factories import recommendations as make

pytestmark = pytest.mark.django_db


def run(name: str, *arguments: object) -> tuple[str, str, str]:
    """What the command says, what it complains of, and the error that it ends with."""
    out, err, error = io.StringIO(), io.StringIO(), ""
    try:
        call_command(name, *map(str, arguments), stdout=out, stderr=err)
    except CommandError as raised:
        error = str(raised)
    return out.getvalue(), err.getvalue(), error


def write(path: Path, *rows: Any) -> Path:
    path.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


def order(key: Any = "1", items: Any = ("P0", "P1"), **other: Any) -> dict[str, Any]:
    return {"id": key, "at": "2011-10-02T10:32:00", "customer": 17850, "items": items, **other}


def test_past_orders_come_in_and_are_learned_from(tmp_path: Path, settings: Any) -> None:
    settings.TIME_ZONE = "UTC"
    made = make.products(3)
    customer = db.uuid7()
    file = write(
        tmp_path / "orders.jsonl",
        order("1"),
        "",
        order(2, ["P1", "P2", "P1"], customer=str(customer), at="2011-10-02T12:00:00+02:00"),
    )

    out, err, error = run("import_orders", file)

    assert (err, error) == ("", "")
    assert "2 lines in" in out
    assert "2 orders are new, 0 have nothing that is in the catalogue, 0 cannot be read." in out
    assert "Learned what goes together (3 products)" in out
    rows = list(PastOrder.objects.order_by("bought_at").values_list("bought_at", "customer_id", "product_ids"))
    assert rows == [
        (datetime(2011, 10, 2, 10, tzinfo=UTC), customer, [made[1].pk, made[2].pk]),
        (datetime(2011, 10, 2, 10, 32, tzinfo=UTC), None, [made[0].pk, made[1].pk]),
    ]
    assert Neighbours.objects.filter(kind="together", is_modelled=True).count() == 3


def test_orders_that_are_known_are_left_alone(tmp_path: Path) -> None:
    make.products(2)
    file = write(tmp_path / "orders.jsonl", order("a"), order("a"), order("b"))

    assert "2 orders are new" in run("import_orders", file, "--no-learning")[0]
    assert "0 orders are new" in run("import_orders", file, "--no-learning")[0]
    assert PastOrder.objects.count() == 2
    assert not Neighbours.objects.exists()


def test_a_packed_file_of_many_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(past, "BATCH", 2)
    make.products(2)
    file = tmp_path / "orders.jsonl.gz"
    file.write_bytes(gzip.compress("\n".join(json.dumps(order(number)) for number in range(5)).encode()))

    out, _err, error = run("import_orders", file)

    assert ("2 lines\n4 lines\n5 lines\n" in out, PastOrder.objects.count(), error) == (True, 5, "")


def test_what_cannot_be_taken_is_told_and_the_rest_is_taken(tmp_path: Path) -> None:
    make.products(2)
    file = write(
        tmp_path / "orders.jsonl",
        order("good"), "{broken", "[]", "[" * 100_000, order(None), order(" "), order(True), order("x", "P0"),
        order("x", [1]), order("x", ["P0"] * 10_001), order("x", at="soon"), order("x", at=None),
        order("unknown", ["P9", "P0\0"]), order("half", ["P0", "P8"]),
        order("empty", []),
    )  # fmt: skip

    out, err, error = run("import_orders", file)

    assert "15 lines in" in out
    assert "2 orders are new, 2 have nothing that is in the catalogue, 11 cannot be read." in out
    complaints = err.splitlines()
    assert complaints[:7] == [
        "line 2: not JSON",
        "line 3: not a JSON object",
        "line 4: not JSON",
        "line 5: id is neither a text nor a number",
        "line 6: id is neither a text nor a number",
        "line 7: id is neither a text nor a number",
        "line 8: items is no list of SKUs, of 10,000 at most",
    ]
    assert complaints[-1] == "2 SKUs are not in the catalogue: P8, P9, …"
    assert error == "11 lines were left out; the first are told above."


@pytest.mark.parametrize("name", ["import_orders", "recommend_run"])
def test_a_file_that_cannot_be_read(tmp_path: Path, name: str) -> None:
    more = [tmp_path / "out.jsonl"] if name == "recommend_run" else []
    torn = tmp_path / "torn.jsonl.gz"
    torn.write_bytes(gzip.compress(b'{"id": "1"}\n' * 50)[:-8])
    latin = tmp_path / "latin.jsonl"
    latin.write_bytes('{"id": "é"}'.encode("latin-1"))
    endless = tmp_path / "endless.jsonl"
    endless.write_text("x" * 1_000_001)

    assert run(name, tmp_path / "none.jsonl", *more)[2] == f"{tmp_path / 'none.jsonl'}: No such file or directory"
    assert run(name, tmp_path, *more)[2] == f"{tmp_path}: Is a directory"
    assert "Compressed file ended" in run(name, torn, *more)[2]
    assert "can't decode byte 0xe9" in run(name, latin, *more)[2]
    assert run(name, endless, *more)[2] == "endless.jsonl: line 1 is longer than 1,000,000 characters"


def recommended(tmp_path: Path, *contexts: Any, top: int = 10) -> tuple[list[Any], str, str, str]:
    file, target = write(tmp_path / "contexts.jsonl", *contexts), tmp_path / "out.jsonl"
    said = run("recommend_run", file, target, f"--top={top}")
    return [json.loads(line) for line in target.read_text().splitlines()], *said


def test_each_cart_is_answered_in_order_without_what_is_in_it(tmp_path: Path) -> None:
    make.products(4)
    orders = [order(number, ["P0", "P1", "P2"]) for number in range(9)]
    run("import_orders", write(tmp_path / "o.jsonl", *orders, order(9, ["P2", "P3"])))

    found, out, err, error = recommended(
        tmp_path, {"id": "b", "context": ["P0"]}, {"id": 7, "context": ["P1", "P0"], "anchor": "P1"}
    )

    assert ([one["id"] for one in found], err, error) == (["b", 7], "", "")
    assert sorted(found[0]["items"][:2]) == ["P1", "P2"]
    assert (found[1]["items"][0], {"P0", "P1"} & {*found[1]["items"]}) == ("P2", set())
    assert "2 carts are answered, 0 of them have nothing that is in the catalogue." in out
    assert recommended(tmp_path, {"id": 1, "context": ["P0"]}, top=1)[0][0]["items"] in (["P1"], ["P2"])


def test_what_is_sold_out_or_in_another_currency_is_recommended_and_what_is_archived_is_not(tmp_path: Path) -> None:
    make.products(2)
    catalog.product(sku="GONE", indexed=False, units=0, currency="GBP")
    archived = catalog.product(sku="OLD", indexed=False)
    products.archive(product_id=archived.pk, by="test")
    run("import_orders", write(tmp_path / "o.jsonl", *[order(n, ["P0", "GONE", "OLD"]) for n in range(3)]))

    assert recommended(tmp_path, {"id": 1, "context": ["P0"]})[0] == [{"id": 1, "items": ["GONE"]}]


def test_carts_that_say_nothing_have_an_empty_answer(tmp_path: Path) -> None:
    make.products(1)

    contexts = {"empty": [], "unknown": ["nobody's"], "P": ["P0"]}
    found, out, err, error = recommended(tmp_path, *[{"id": name, "context": skus} for name, skus in contexts.items()])

    assert found == [{"id": name, "items": []} for name in ("empty", "unknown", "P")]
    assert "3 carts are answered, 2 of them have nothing that is in the catalogue." in out
    assert (err, error) == ("1 SKUs are not in the catalogue.\n", "")


def test_lines_that_are_no_carts_are_told_and_the_others_answered(tmp_path: Path) -> None:
    found, _out, err, error = recommended(
        tmp_path, "{", {"context": []}, {"id": 1}, {"id": 1, "context": "P0"}, {"id": 2, "context": []}
    )

    assert found == [{"id": 2, "items": []}]
    assert err.splitlines() == [
        "line 1: not JSON",
        "line 2: id is neither a text nor a number",
        "line 3: context is no list of SKUs, of 10,000 at most",
        "line 4: context is no list of SKUs, of 10,000 at most",
    ]
    assert error == "4 lines were left out; the first are told above."


@pytest.mark.parametrize("top", [0, -1, 1001])
def test_how_many_is_limited(tmp_path: Path, top: int) -> None:
    assert run("recommend_run", "x", "y", f"--top={top}")[2] == "--top is from 1 to 1000."


def test_an_answer_that_cannot_be_written(tmp_path: Path) -> None:
    file = write(tmp_path / "contexts.jsonl", {"id": 1, "context": []})

    assert run("recommend_run", file, tmp_path / "no" / "out.jsonl")[2].endswith("No such file or directory")
