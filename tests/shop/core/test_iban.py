"""Numbers of bank accounts as people read them."""

import pytest

from shop.core import iban
from shop.core.templatetags import money


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("GB33BUKB20201555555555", "GB33 BUKB 2020 1555 5555 55"),
        ("NO9386011117947", "NO93 8601 1117 947"),
        ("GB33 BUKB 2020 1555 5555 55", "GB33 BUKB 2020 1555 5555 55"),
        ("ORD-2026000123", "ORD-2026000123"),
        ("BUKBGB22", "BUKBGB22"),
    ],
)
def test_an_account_is_read_in_fours_and_nothing_else_is(text: str, shown: str) -> None:
    assert (iban.in_fours(text), money.in_fours(text)) == (shown, shown)
