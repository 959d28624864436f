"""The door of the web server."""

import codecs
import os
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.utils.http import parse_header_parameters

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
_django = get_wsgi_application()
_NO_ALPHABETS = {"idna", "punycode"}  # codecs of texts that cannot read any text


def application(environ: dict[str, Any], start_response: Any) -> Any:
    """Django's, which breaks before any middleware sees it where a request names a codec that is no alphabet."""
    if not _is_readable(environ.get("CONTENT_TYPE", "")):
        environ = {**environ, "CONTENT_TYPE": ""}
    return _django(environ, start_response)


def _is_readable(content_type: str) -> bool:
    """Whether Django can read it, and bytes by it. An alphabet that Python does not know is passed over."""
    if ";" not in content_type:
        return True
    try:
        name = parse_header_parameters(content_type)[1].get("charset", "utf-8")
    except (LookupError, ValueError):
        return False
    try:
        codec = codecs.lookup(name).name
    except LookupError:
        return True
    try:
        return codec not in _NO_ALPHABETS and b"a".decode(codec) != ""
    except (LookupError, UnicodeError):
        return False
