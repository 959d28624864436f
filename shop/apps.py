from django.apps import AppConfig
from django.core import checks


class ShopConfig(AppConfig):
    name = "shop"

    def ready(self) -> None:
        from checkout.payments.sandbox.checks import sandbox_allowed

        checks.register(sandbox_allowed)
