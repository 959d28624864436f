"""Contrast as WCAG counts it."""

import pytest

from shop.core import colour

WHITE, BLACK = (1.0, 0.0, 0.0), (0.0, 0.0, 0.0)


def test_black_on_white_is_the_most_there_is():
    assert colour.contrast(WHITE, BLACK) == pytest.approx(21, abs=0.01)
    assert colour.contrast(BLACK, WHITE) == pytest.approx(21, abs=0.01)
    assert colour.contrast(WHITE, WHITE) == 1


def test_a_known_colour():
    """sRGB's pure red is oklch(0.628 0.2577 29.23); on white it has 4 to 1."""
    assert colour.contrast((0.628, 0.2577, 29.23), WHITE) == pytest.approx(4.0, abs=0.05)


def test_tokens_are_read_in_both_schemes():
    css = (
        "--ink: light-dark(oklch(0.2 0.02 220), oklch(0.9 0.01 200));"
        "--veil: light-dark(oklch(0.2 0 0 / 0.4), oklch(0 0 0 / 0.6));"
    )

    assert colour.pairs(css) == {"ink": ((0.2, 0.02, 220), (0.9, 0.01, 200))}
