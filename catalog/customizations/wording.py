"""What is wrong with an answer, in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from catalog.customizations.rules import Field, Problem


def problems(fields: Sequence[Field], found: Mapping[str, Problem]) -> dict[str, str]:
    """A sentence for each problem, by code."""
    known = {one.code: one for one in fields}
    return {code: sentence(problem, known.get(code)) for code, problem in found.items()}


def sentence(problem: Problem, field: Field | None) -> str:
    """One problem and how to mend it, without the field's name."""
    if field is None or problem is Problem.UNKNOWN:
        return _("This is not asked for this product.")
    if problem is Problem.TOO_LONG:
        return _("At most %(count)s characters, please.") % {"count": field.max_length}
    return {
        Problem.REQUIRED: _("Please fill this in."),
        Problem.BAD_CHARACTERS: _("Please write it on one line, with letters, digits and signs only."),
        Problem.BAD_CHOICE: _("Please choose one of what is offered."),
        Problem.BAD_EMAIL: _("Please enter an e-mail address, as ada@example.com."),
        Problem.BAD_DATE: _("Please enter a day, as 2026-12-24."),
        Problem.TOO_EARLY: _("This day is over. Please choose today or a later one."),
        Problem.TOO_LATE: _("Please choose a day until %(day)s.") % {"day": field.latest},
    }[problem]
