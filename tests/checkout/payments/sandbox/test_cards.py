import pytest

from checkout.payments.sandbox import cards, wire


def test_every_test_card_has_a_good_number():
    assert all(cards.luhn(number) for number in cards.BY_NUMBER)
    assert set(cards.TOKENS.values()) <= set(cards.BY_NUMBER)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("4242424242424241", "incorrect_number"),
        ("4242", "incorrect_number"),
        ("", "incorrect_number"),
        ("4242x4242", "incorrect_number"),
        ("٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢", "incorrect_number"),
        ("4111111111111111", "card_declined"),
    ],
)
def test_bad_numbers(raw, code):
    with pytest.raises(wire.ApiError) as refused:
        cards.number_of(raw)
    assert (refused.value.status, refused.value.body["error"]["code"]) == (402, code)


def test_numbers_may_be_grouped():
    assert cards.number_of("4242 4242-4242 4242") == "4242424242424242"


@pytest.mark.parametrize(
    ("month", "year", "read"), [("1", "34", (1, 2034)), ("12", "2034", (12, 2034)), ("09", "01", (9, 2001))]
)
def test_any_well_formed_expiry_will_do(month, year, read):
    assert cards.expiry_of(month, year) == read


@pytest.mark.parametrize(
    ("month", "year"), [("0", "34"), ("13", "34"), ("", "34"), ("1", ""), ("1", "1934"), ("1", "3")]
)
def test_other_expiries_are_refused(month, year):
    with pytest.raises(wire.ApiError):
        cards.expiry_of(month, year)


@pytest.mark.parametrize(
    ("cvc", "brand", "good"),
    [("123", "visa", True), ("1234", "amex", True), ("1234", "visa", False), ("12x", "visa", False)],
)
def test_security_codes(cvc, brand, good):
    if good:
        cards.check_cvc(cvc, brand)
    else:
        with pytest.raises(wire.ApiError):
            cards.check_cvc(cvc, brand)
