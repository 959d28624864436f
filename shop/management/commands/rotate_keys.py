"""manage.py rotate_keys: bring every encrypted value under the newest key, so that older keys can be taken away."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError

from checkout.giftcards import services as gift_cards
from shop.core import crypto


class Command(BaseCommand):
    help = "Re-encrypt every encrypted field with the newest key. May be repeated; the shop may run meanwhile."

    def handle(self, *args: Any, **options: Any) -> None:
        lost = []
        for model in apps.get_models():
            for name in crypto.encrypted_fields(model):
                turned, unreadable = crypto.reencrypt(model, name)
                self.stdout.write(f"{model._meta.label}.{name}: {turned} re-encrypted")
                lost += [f"{model._meta.label}.{name} of {key}" for key in unreadable]
        if not lost:
            self.stdout.write(f"codes of gift cards: {gift_cards.redigest()} found by the newest key")
        if lost:
            raise CommandError("No key decrypts: " + ", ".join(lost))
