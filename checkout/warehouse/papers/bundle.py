"""One PDF of many papers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from io import BytesIO

from django.utils.translation import gettext as _
from pypdf import PdfReader, PdfWriter

from checkout.warehouse.papers import labels, picklists, slips
from checkout.warehouse.papers.data import Label, PickList, Slip
from checkout.warehouse.papers.sheet import Sheet

Done = Callable[[int], None]  # is told how many papers are drawn
LAYOUTS = (1, 2, 4)  # labels on a sheet: 1 is a page of A6, the others are A4


def render(
    *,
    picklist: PickList | None = None,
    slips_of: Iterable[Slip] = (),
    labels_of: Iterable[Label] = (),
    drawn: Sequence[bytes] = (),
    on_a_sheet: int = 1,
    done: Done | None = None,
) -> bytes:
    """A pick list, then packing slips, then labels, then those that carriers have `drawn` themselves (PDF each).

    Slips and labels are read one by one, `drawn` after them. Raises `NothingDrawn`, and ValueError for another layout
    than those of `LAYOUTS`.
    """
    if on_a_sheet not in LAYOUTS:
        raise ValueError(f"{on_a_sheet} labels on a sheet")
    sheet = Sheet(title=_("Warehouse papers"))
    count = 0
    if picklist:
        picklists.draw(sheet, picklist)
    for count, slip in enumerate(slips_of, start=1):
        slips.draw(sheet, slip)
        _tell(done, count)
    for position, label in enumerate(labels_of):
        with _place(sheet, position, on_a_sheet):
            labels.draw(sheet, label)
        _tell(done, count + position + 1)
    if not drawn:
        return sheet.bytes()
    own = [sheet.bytes()] if sheet.pages else []
    return _joined([*own, *drawn])


def is_readable(part: bytes) -> bool:
    """Whether a PDF that a carrier has drawn can be put among ours."""
    try:
        return bool(_joined([part])) and len(PdfReader(BytesIO(part)).pages) > 0
    except Exception:  # noqa: BLE001  (its reader raises whatever it stumbles over)
        return False


def _tell(done: Done | None, count: int) -> None:
    if done:
        done(count)


def _place(sheet: Sheet, position: int, on_a_sheet: int) -> AbstractContextManager[None]:
    """Where the label of this position (from 0) stands; begins its page if it is the first there."""
    turn = position % on_a_sheet
    if turn == 0:
        sheet.page(labels.A6 if on_a_sheet == 1 else slips.A4)
    if on_a_sheet == 1:
        return nullcontext()
    if on_a_sheet == 4:
        return sheet.moved(turn % 2 * labels.WIDE, turn // 2 * slips.A4[1] / 2)
    half = slips.A4[1] / 2
    return sheet.moved(0, (turn + 1) * half, scale=half / labels.WIDE * 0.99, is_turned=True)


def _joined(parts: Sequence[bytes]) -> bytes:
    writer = PdfWriter()
    for part in parts:
        writer.append(PdfReader(BytesIO(part)), import_outline=False)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()
