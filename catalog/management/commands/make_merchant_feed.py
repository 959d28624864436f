"""manage.py make_merchant_feed: the product feed, now."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from catalog.merchantfeed import services
from shop.core import requests


class Command(BaseCommand):
    help = "Make the product feed (/feeds/google.xml) anew, whatever the timetable says."

    def handle(self, *args: Any, **options: Any) -> None:
        feed = services.make(settings.DEFAULT_CURRENCY)
        if feed is None:
            raise CommandError("The feed is being made already.")
        address = requests.absolute(reverse("google_feed"))
        self.stdout.write(f"{feed.items:,} variants are in {address}; it took {feed.seconds} seconds.")
        if feed.without_picture:
            self.stdout.write(f"{feed.without_picture:,} more have no picture and cannot be listed.")
