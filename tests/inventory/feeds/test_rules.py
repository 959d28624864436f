"""What a message may say, whatever arrives."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.feeds import rules
from inventory.feeds.rules import Refused

GOOD = {"sku": "A", "location": "default", "change": 2, "reason": "received"}


def refusal(**changes: Any) -> tuple[str, int | None]:
    with pytest.raises(Refused) as refused:
        rules.read({"movements": [GOOD, {**GOOD, **changes}]})
    return refused.value.code, refused.value.position


def test_a_message_is_read_in_its_order() -> None:
    variant = uuid4()
    message = rules.read(
        {
            "sequence": 7,
            "movements": [
                GOOD,
                {"variantId": str(variant), "location": "b", "change": -1, "reason": "lost", "document": "D"},
            ],
            "unknown": 1,
        }
    )
    assert message == rules.Message(
        7,
        (
            rules.Movement(None, "A", "default", 2, "received", ""),
            rules.Movement(variant, "", "b", -1, "lost", "D"),
        ),
    )


@pytest.mark.parametrize("change", [0, 0.5, 2.0, "2", True, None, float("nan"), 10**7, -(10**7), 10**30, [], {}])
def test_what_is_no_number_of_units_is_refused(change: object) -> None:
    assert refusal(change=change, reason="corrected") == ("bad_quantity", 1)


@pytest.mark.parametrize(("reason", "change"), [("received", -1), ("damaged", 1), ("sold", 1), ("found", -1)])
def test_a_change_against_its_reason_is_refused(reason: str, change: int) -> None:
    assert refusal(reason=reason, change=change) == ("bad_quantity", 1)


@pytest.mark.parametrize("reason", ["", "stolen", None, 1, []])
def test_an_unknown_reason_is_refused(reason: object) -> None:
    assert refusal(reason=reason) == ("unknown_reason", 1)


@pytest.mark.parametrize(
    "changes",
    [
        {"sku": ""},
        {"sku": None},
        {"sku": 5},
        {"sku": "A\x00"},
        {"sku": "\ud800"},
        {"sku": "x" * 256},
        {"location": ""},
        {"location": None},
        {"document": "x" * 41},
        {"document": None},
        {"variantId": "no uuid"},
        {"variantId": 5},
        {"variantId": [1]},
    ],
)
def test_a_movement_that_is_none_is_refused(changes: dict[str, Any]) -> None:
    assert refusal(**changes) == ("validation_error", 1)


@pytest.mark.parametrize("field", ["sku", "location", "document", "variantId", "reason", "change"])
def test_a_refusal_names_the_member_that_is_wrong(field: str) -> None:
    with pytest.raises(Refused) as refused:
        rules.read({"movements": [{**GOOD, field: []}]})
    assert (refused.value.position, refused.value.field) == (0, field)


@pytest.mark.parametrize(
    "payload",
    [
        *(None, [], "x", 5, {}),
        {"movements": []},
        {"movements": {}},
        {"movements": [5]},
        *({"movements": [GOOD], "sequence": sequence} for sequence in (-1, 1.5, "1", True, 2**63)),
    ],
)
def test_what_is_no_message_is_refused(payload: object) -> None:
    with pytest.raises(Refused) as refused:
        rules.read(payload)
    assert refused.value.code == "validation_error"


def test_five_hundred_movements_and_no_more() -> None:
    assert len(rules.read({"movements": [GOOD] * 500}).movements) == 500
    with pytest.raises(Refused, match="too_many"):
        rules.read({"movements": [GOOD] * 501})


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("msg_1-A:b", True), ("x" * 64, True), ("", False), ("x" * 65, False), ("a.b", False), ("ä", False)],
)
def test_an_id_has_letters_digits_and_no_dot(text: str, is_one: bool) -> None:
    assert rules.is_message_id(text) is is_one


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["sku", "location", "change"]), inner),
    max_leaves=10,
)
members = st.dictionaries(
    st.sampled_from(["sku", "variantId", "location", "change", "reason", "document"]), json_values | st.just("received")
)


@settings(max_examples=60)
@given(
    payload=st.fixed_dictionaries(
        {"movements": st.lists(members, max_size=3) | json_values}, optional={"sequence": json_values}
    )
)
def test_whatever_arrives_is_read_or_refused_with_a_code(payload: dict[str, Any]) -> None:
    outcome: object = None
    try:
        outcome = rules.read(payload)
    except Refused as refused:
        outcome = refused.code
    if isinstance(outcome, rules.Message):
        assert all(1 <= abs(one.change) <= rules.MAX_CHANGE for one in outcome.movements)
    else:
        assert outcome in {"validation_error", "too_many", "bad_quantity", "unknown_reason"}
