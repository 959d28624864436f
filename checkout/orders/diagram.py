"""The ways of an order drawn from the table of transitions: for the docs as text (Mermaid), for the admin as SVG.

Pure but for the words of the labels. Only where the boxes stand is laid down here; which arrows there are and what
they are called is the table's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from checkout.orders import transitions
from checkout.orders.models import Order

Point = tuple[float, float]

# Column and row of each status. The middle column is the way of an order that goes well.
PLACES: dict[str, tuple[str, float]] = {
    "pending": ("middle", 0),
    "payment_pending": ("middle", 1),
    "payment_review": ("left", 1),
    "payment_confirmed": ("middle", 2),
    "processing": ("middle", 3),
    "ready_to_ship": ("middle", 4),
    "cancelled": ("left", 4),
    "shipped": ("middle", 5),
    "delivered": ("middle", 6),
    "returned": ("right", 6),
    "refunded": ("middle", 7.6),
}
_X = {"left": 130.0, "middle": 470.0, "right": 800.0}
_LANES = {"cancelled": 255.0, "refunded": 690.0}  # arrows of many to one run together here
_HALF, _TALL, _ROW, _TOP = 88.0, 20.0, 86.0, 40.0
_WIDTH, _HEIGHT = 910, 750
_LINE = 15  # between two lines of a label


@dataclass(frozen=True, slots=True)
class Edge:
    """All transitions from one status to another, with their words."""

    source: str
    target: str
    triggers: tuple[str, ...]
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """An arrow along `points`; its words stand at `at`, `anchor` says on which side of it."""

    points: tuple[Point, ...]
    at: Point
    anchor: str = "start"


def edges() -> list[Edge]:
    """Every pair of statuses that the table connects, in its order."""
    found: dict[tuple[str, str], list[transitions.Transition]] = {}
    for row in transitions.TRANSITIONS:
        for source in row.sources:
            found.setdefault((source, row.target), []).append(row)
    return [
        Edge(source, target, tuple(one.trigger for one in rows), tuple(str(one.label) for one in rows))
        for (source, target), rows in found.items()
    ]


def mermaid() -> str:
    """The diagram as Mermaid's text."""
    lines = ["stateDiagram-v2"]
    lines += [f'    state "{status.label}" as {status.value}' for status in Order.Status]
    lines.append("    [*] --> pending: place")
    lines += [f"    {one.source} --> {one.target}: {', '.join(one.triggers)}" for one in edges()]
    return "\n".join(lines) + "\n"


def document() -> str:
    """docs/order-states.md, whole."""
    rows = [
        f"| {', '.join(row.sources)} | `{row.trigger}` | {row.target} | `{row.guard}` "
        f"| {', '.join(row.effects) or '–'} | {row.permission or 'the shop'} |"
        for row in transitions.TRANSITIONS
    ]
    return "\n".join(
        [
            "# How orders move",
            "",
            "Made from `checkout/orders/transitions.py` by `manage.py order_states`; a test compares the two. The same",
            "table makes the buttons of the admin, the history of an order, and the picture under *Orders → How orders",
            "move*. What a guard asks is in `checkout/orders/rules.py`.",
            "",
            "```mermaid",
            mermaid().rstrip(),
            "```",
            "",
            "| from | trigger | to | guard | tells | who |",
            "| --- | --- | --- | --- | --- | --- |",
            *rows,
            "",
        ]
    )


def svg(now: str = "") -> str:
    """The diagram as an SVG element without style: classes `state`, `is-now`, `edge`, `to-<status>`. Labels escaped."""
    parts = [
        f'<svg class="order-states" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-labelledby="order-states-title" '
        'xmlns="http://www.w3.org/2000/svg"><title id="order-states-title">',
        escape(", ".join(f"{one.source} → {one.target}" for one in edges())),
        '</title><defs><marker id="order-arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" '
        'orient="auto-start-reverse"><path d="M0 0 10 5 0 10z"/></marker></defs>',
    ]
    parts += [_arrow(one, draw(one)) for one in edges()]
    parts += [_box(status, now) for status in Order.Status]
    return "".join(parts) + "</svg>"


def _box(status: Order.Status, now: str) -> str:
    x, y = centre(status.value)
    kind = "state is-now" if status.value == now else "state"
    return (
        f'<g class="{kind}" data-status="{status.value}"><rect x="{x - _HALF:g}" y="{y - _TALL:g}" '
        f'width="{_HALF * 2:g}" height="{_TALL * 2:g}" rx="8"/><text x="{x:g}" y="{y + 5:g}" text-anchor="middle">'
        f"{escape(str(status.label))}</text></g>"
    )


def _arrow(edge: Edge, drawn: Drawn) -> str:
    path = "M" + " L".join(f"{x:g} {y:g}" for x, y in drawn.points)
    words = "".join(
        f'<text x="{drawn.at[0]:g}" y="{drawn.at[1] + number * _LINE:g}" text-anchor="{drawn.anchor}">'
        f"{escape(label)}</text>"
        for number, label in enumerate(edge.labels)
    )
    name = f'data-from="{edge.source}" data-to="{edge.target}"'
    return f'<g class="edge to-{edge.target}" {name}><path d="{path}" marker-end="url(#order-arrow)"/>{words}</g>'


def centre(status: str) -> Point:
    column, row = PLACES[status]
    return _X[column], _TOP + row * _ROW


def draw(edge: Edge) -> Drawn:
    """Where an arrow runs."""
    return next(drawn for drawn in _ways(edge) if drawn is not None)


def _ways(edge: Edge) -> Iterator[Drawn | None]:
    (column, row), (other, below) = PLACES[edge.source], PLACES[edge.target]
    if edge.source == edge.target:
        yield _loop(edge)
    if column == other:
        yield _down(edge)
    if column == "middle" and edge.target in _LANES:
        yield _by_lane(edge)
    if other == "middle" and row < below:
        yield _down_and_in(edge)
    if column == "middle" and row < below:
        yield _out_and_down(edge)
    yield _across(edge)


def _loop(edge: Edge) -> Drawn:
    x, y = centre(edge.source)
    right = x + _HALF
    return Drawn(((right, y - 10), (right + 26, y - 10), (right + 26, y + 10), (right, y + 10)), (right + 34, y + 4))


def _down(edge: Edge) -> Drawn:
    """Straight down; past boxes in between it would run through them, so the places leave none there."""
    (x, top), (_x, bottom) = centre(edge.source), centre(edge.target)
    middle = (top + bottom) / 2 - (len(edge.labels) - 1) * _LINE / 2 + 4
    if PLACES[edge.source][0] == "left":
        return Drawn(((x, top + _TALL), (x, bottom - _TALL)), (x - 8, middle), "end")
    if edge.target in _LANES and bottom - top > 2 * _ROW:
        return _by_lane(edge)
    return Drawn(((x, top + _TALL), (x, bottom - _TALL)), (x + 8, middle))


def _by_lane(edge: Edge) -> Drawn:
    """Out of the box to a lane, along it, and into the target."""
    (x, y), (goal, end) = centre(edge.source), centre(edge.target)
    lane = _LANES[edge.target]
    side = -1 if lane < x else 1
    leave, enter = y + 10, goal + (_HALF if lane > goal else -_HALF)
    out = x + side * _HALF
    return Drawn(
        ((out, leave), (lane, leave), (lane, end), (enter, end)), ((out + lane) / 2, leave + 15), "middle"
    )  # fmt: skip


def _down_and_in(edge: Edge) -> Drawn:
    """Down beside the middle column and into it."""
    (x, y), (goal, end) = centre(edge.source), centre(edge.target)
    side = -1 if x < goal else 1
    start, level = x - side * (_HALF - 22), end + side * 10
    enter = goal + side * _HALF
    words = (enter + side * 66, level + (15 if side > 0 else -6))  # on the outer side of the line
    return Drawn(((start, y + _TALL), (start, level), (enter, level)), words, "middle")


def _out_and_down(edge: Edge) -> Drawn:
    """Out of the middle column and down into a box beside it."""
    (x, y), (goal, end) = centre(edge.source), centre(edge.target)
    side = -1 if goal < x else 1
    leave = y - 8
    return Drawn(
        ((x + side * _HALF, leave), (goal, leave), (goal, end - _TALL)), (x + side * (_HALF + 66), leave - 6), "middle"
    )


def _across(edge: Edge) -> Drawn:
    (x, y), (goal, end) = centre(edge.source), centre(edge.target)
    side = -1 if goal < x else 1
    return Drawn(
        ((x + side * _HALF, y - 8), (goal - side * _HALF, end - 8)), (x + side * (_HALF + 66), y - 14), "middle"
    )
