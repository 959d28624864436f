"""The door of an ASGI server, for those who must; WSGI costs a sixth of it (docs/performance.md)."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
application = get_asgi_application()
