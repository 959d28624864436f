"""Django's checks run before the first migration, so they must do without the tables."""

from typing import Any

from django.core import checks


def test_checks_ask_no_database(settings: Any) -> None:
    """No `django_db` mark: a query would raise."""
    settings.PAYMENT_SANDBOX = True
    assert [found for found in checks.run_checks() if found.is_serious()] == []
