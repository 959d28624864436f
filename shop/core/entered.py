"""Text as people and programs enter it, made fit to be kept and to stand in mails and on papers."""

from __future__ import annotations

import unicodedata


def one_line(value: object) -> str:
    """One line without control characters and surplus white space; nothing for what is not text."""
    if not isinstance(value, str):
        return ""
    text = unicodedata.normalize("NFC", value)
    return " ".join("".join(sign if unicodedata.category(sign)[0] != "C" else " " for sign in text).split())


def several_lines(value: object) -> str:
    """Lines that end with one character each, whatever ended them, without other control characters; none is empty at
    either end."""
    if not isinstance(value, str):
        return ""
    return "\n".join(_printable(line) for line in value.splitlines()).strip()


def _printable(line: str) -> str:
    return "".join(sign if unicodedata.category(sign) not in ("Cc", "Cs") else " " for sign in line).rstrip()
