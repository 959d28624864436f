"""The browser that journeys and the gallery's command drive."""

from __future__ import annotations

import os
import shutil

PATH = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome") or ""
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
# Scripts wait until the browser says what it has drawn (js/first.js); in one that does not tell they start at once, so
# that nothing is pressed before they are there.
AT_ONCE = "delete window.PerformanceObserver"
