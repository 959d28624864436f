"""What tests never reach, whatever else runs on this machine."""

from __future__ import annotations

from django.conf import Settings


def test_tests_ask_no_payment_provider_but_those_that_they_start() -> None:
    """Port 9: a shop that runs from another checkout has its sandbox on the usual port."""
    own = Settings("shop.settings")
    assert (own.STRIPE_API_BASE, own.PAYPAL_API_BASE) == ("http://127.0.0.1:9", "http://127.0.0.1:9/paypal")
