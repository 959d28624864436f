"""Numbers of bank accounts as people read them."""

from __future__ import annotations

import re

_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")


def in_fours(text: str) -> str:
    """An IBAN in groups of four, as on paper ("GB33 BUKB 2020 ..."): what lines break between. Else what it is."""
    if not _IBAN.fullmatch(str(text)):
        return text
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))
