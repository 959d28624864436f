"""The pictures of the transitions show the whole table and nothing else."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from checkout.orders import diagram, transitions
from checkout.orders.models import Order
from shop.management.commands.order_states import PAGE

PAIRS = {(source, row.target) for row in transitions.TRANSITIONS for source in row.sources}


def test_the_page_in_the_docs_is_the_table() -> None:
    """`manage.py order_states` writes it anew."""
    assert PAGE.read_text() == diagram.document()


def test_the_text_has_every_transition_once() -> None:
    found = re.findall(r"^    (\w+) --> (\w+): (.+)$", diagram.mermaid(), re.MULTILINE)
    assert {(source, target) for source, target, _triggers in found} == PAIRS
    told = [(source, target, one) for source, target, triggers in found for one in triggers.split(", ")]
    rows = [(source, row.target, row.trigger) for row in transitions.TRANSITIONS for source in row.sources]
    assert sorted(told) == sorted(rows)


def test_the_picture_has_every_status_and_every_arrow() -> None:
    picture = ElementTree.fromstring(diagram.svg(now="shipped"))  # noqa: S314  (our own text)
    groups = picture.findall("{*}g")
    boxes = {one.get("data-status"): one.get("class") for one in groups if one.get("data-status")}
    assert set(boxes) == {status.value for status in Order.Status}
    assert [name for name, kind in boxes.items() if kind == "state is-now"] == ["shipped"]
    assert {(one.get("data-from"), one.get("data-to")) for one in groups if one.get("data-from")} == PAIRS


@pytest.mark.parametrize("edge", diagram.edges(), ids=lambda edge: f"{edge.source}-{edge.target}")
def test_no_arrow_runs_through_a_box_or_off_the_picture(edge: diagram.Edge) -> None:
    drawn = diagram.draw(edge)
    width, height = (float(size) for size in re.search(r'viewBox="0 0 (\d+) (\d+)"', diagram.svg()).groups())
    assert all(0 <= x <= width and 0 <= y <= height for x, y in drawn.points)
    for start, end in zip(drawn.points, drawn.points[1:], strict=False):
        for status in set(diagram.PLACES) - {edge.source, edge.target}:
            assert not _crosses(start, end, diagram.centre(status)), (status, start, end)


def _crosses(start: diagram.Point, end: diagram.Point, centre: diagram.Point) -> bool:
    """Whether a line, walked in small steps, enters the box around `centre`."""
    steps = 200
    for number in range(steps + 1):
        x = start[0] + (end[0] - start[0]) * number / steps
        y = start[1] + (end[1] - start[1]) * number / steps
        if abs(x - centre[0]) < 88 and abs(y - centre[1]) < 20:
            return True
    return False


def test_a_transition_that_is_new_is_drawn_without_a_word_here(monkeypatch: pytest.MonkeyPatch) -> None:
    new = transitions.Transition(("refunded",), "reopen", "pending", "always", (), transitions.TRANSITIONS[0].label)
    monkeypatch.setattr(transitions, "TRANSITIONS", (*transitions.TRANSITIONS, new))
    assert 'data-from="refunded" data-to="pending"' in diagram.svg()
    assert "refunded --> pending: reopen" in diagram.mermaid()
