"""manage.py draw_icons: the shop's mark as the PNG files of static/img, for home screens."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from shop.offline import icons


class Command(BaseCommand):
    help = "Draw the icons that phones put on their home screens, into static/img."

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(settings.BASE_DIR) / "static" / "img"
        for icon in (*icons.ICONS, icons.TOUCH):
            icons.draw(icon).save(folder / icon.name, optimize=True)
            self.stdout.write(icon.name)
