"""VAT ids: the signs between go, check digits count, and what is wrong is said."""

import pytest

from cart.tax import vat


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("de 136.695.976", "DE136695976"),
        ("ATU 13585627", "ATU13585627"),
        ("IE 6433435-F", "IE6433435F"),
        ("GR 094259216", "EL094259216"),
        ("xi980780684", "XI980780684"),
        ("GB 980 7806 84", "GB980780684"),
        ("CHE-107.787.577 IVA", "CHE107787577"),
        ("NO 995 525 828 MVA", "NO995525828MVA"),
        ("UA123", "UA123"),  # we do not know theirs
        ("", ""),
    ],
)
def test_what_can_be_one_is_kept_tidy(typed: str, kept: str) -> None:
    assert (vat.tidy(typed), vat.objection(vat.tidy(typed))) == (kept, "")


CHECK = "A digit of this VAT id is wrong, or two are swapped: its check digit does not fit the others."


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        (
            "DE136695967",
            "A digit of this VAT id is wrong, or two are swapped: its check digit does not fit the others.",
        ),
        (
            "GB980780685",
            "A digit of this VAT id is wrong, or two are swapped: its check digit does not fit the others.",
        ),
        ("FR4030326504", "VAT ids that begin with FR have another length."),
        ("ATX13585627", "VAT ids that begin with AT look different."),
        ("CHE10778757", "VAT ids that begin with CH have another length."),
    ],
)
def test_what_cannot_be_one_is_told(typed: str, problem: str) -> None:
    assert vat.objection(vat.tidy(typed)) == problem


@pytest.mark.parametrize("typed", ["<script>", "XX123", "123456789", "US", "U$12345", "DE123456789", "IE", "ÄÖ12345"])
def test_what_no_buyer_can_have(typed: str) -> None:
    assert vat.objection_to_buyers(vat.tidy(typed))


@pytest.mark.parametrize(
    "typed", ["us 12-3456789", "IE6388047V", "gr 094259216", "AU51824753556", "CHE-107.787.577 MWST"]
)
def test_what_a_buyer_can_have(typed: str) -> None:
    assert vat.objection_to_buyers(vat.tidy(typed)) == ""
