import pytest

from checkout.payments.sandbox.checks import sandbox_allowed

SANDBOX = "http://127.0.0.1:24242"


@pytest.mark.parametrize(
    ("base", "debug", "asked_for", "errors"),
    [
        (SANDBOX, False, False, ["checkout.E001"]),
        (SANDBOX, False, True, []),
        (SANDBOX, True, False, []),
        ("", False, False, []),
    ],
)
def test_the_sandbox_stands_in_only_when_asked(settings, base, debug, asked_for, errors):
    settings.STRIPE_API_BASE, settings.DEBUG, settings.PAYMENT_SANDBOX = base, debug, asked_for
    assert [error.id for error in sandbox_allowed(None)] == errors
