"""The browser that journeys and the gallery's command drive."""

from __future__ import annotations

import os
import shutil

PATH = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome") or ""
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
