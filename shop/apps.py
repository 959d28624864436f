from django.apps import AppConfig
from django.core import checks


class ShopConfig(AppConfig):
    name = "shop"

    def ready(self) -> None:
        import shop.celery  # noqa: F401  (tasks sent by web and commands go to this application's broker)
        from checkout.payments.sandbox.checks import sandbox_allowed

        checks.register(sandbox_allowed)
