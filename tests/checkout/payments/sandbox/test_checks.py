import pytest

from checkout.payments.sandbox.checks import sandbox_allowed

SANDBOX = "http://127.0.0.1:24242"


@pytest.mark.parametrize(
    ("base", "paypal", "debug", "asked_for", "errors"),
    [
        (SANDBOX, f"{SANDBOX}/paypal", False, False, ["checkout.E001"]),
        (SANDBOX, f"{SANDBOX}/paypal", False, True, []),
        (SANDBOX, f"{SANDBOX}/paypal", True, False, []),
        ("", f"{SANDBOX}/paypal", False, False, ["checkout.E001"]),
        (SANDBOX, "", False, False, ["checkout.E001"]),
        ("", "https://paypal.com.example", False, False, ["checkout.E001"]),
        ("", "https://api-m.sandbox.paypal.com", False, False, []),
        ("", "", False, False, []),
    ],
)
def test_the_sandbox_stands_in_only_when_asked(settings, base, paypal, debug, asked_for, errors):
    settings.STRIPE_API_BASE, settings.PAYPAL_API_BASE = base, paypal
    settings.DEBUG, settings.PAYMENT_SANDBOX = debug, asked_for
    assert [error.id for error in sandbox_allowed(None)] == errors
