"""Text as people and programs enter it, made fit to be kept and to stand in mails and on papers."""

from __future__ import annotations

import unicodedata

_UNSEEN = ("Cc", "Cs")
# They turn the direction of what is shown after them, of a mail's or paper's own words too. Joiners of signs stay.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def one_line(value: object) -> str:
    """One line without control characters and surplus white space; nothing for what is not text."""
    if not isinstance(value, str):
        return ""
    text = unicodedata.normalize("NFC", value)
    return " ".join("".join(sign if unicodedata.category(sign)[0] != "C" else " " for sign in text).split())


def several_lines(value: object) -> str:
    """Lines that end with one character each, whatever ended them, without other control characters and those that turn
    the direction of text; none is empty at either end."""
    if not isinstance(value, str):
        return ""
    return "\n".join(_printable(line) for line in value.splitlines()).strip()


def _printable(line: str) -> str:
    return "".join(" " if sign in _TURNING or unicodedata.category(sign) in _UNSEEN else sign for sign in line).rstrip()
