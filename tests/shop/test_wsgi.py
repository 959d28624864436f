"""The web server's door holds where Django's own breaks."""

from __future__ import annotations

import io
from typing import Any

import pytest

from shop import wsgi

pytestmark = pytest.mark.django_db  # a request ends the connections that are too old, so they are asked


def status(content_type: str) -> str:
    told: list[str] = []
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "GET", "PATH_INFO": "/health/live", "QUERY_STRING": "a=b", "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80", "HTTP_HOST": "127.0.0.1", "REMOTE_ADDR": "127.0.0.1", "wsgi.input": io.BytesIO(),
        "wsgi.url_scheme": "http", "CONTENT_TYPE": content_type,
    }  # fmt: skip
    list(wsgi.application(environ, lambda line, _headers: told.append(line)))
    return told[0]


@pytest.mark.parametrize("codec", ["rot13", "base64", "hex", "undefined", "idna", "punycode"])
def test_a_codec_that_is_no_alphabet_is_passed_over(codec: str) -> None:
    assert status(f"text/plain; charset={codec}") == "200 OK"


@pytest.mark.parametrize("told", ["text/plain; x*=undefined''%41", 'text/plain; charset="', "; ;", "charset=rot13;"])
def test_so_is_what_cannot_be_read(told: str) -> None:
    assert status(told) == "200 OK"


@pytest.mark.parametrize(
    "told",
    ["", "application/json", "application/json; charset=utf-8", "text/plain; charset=nobody-knows-it",
     "multipart/form-data; boundary=x", "text/plain; charset=UTF-7", 'text/plain; charset="iso-8859-1"'],
)  # fmt: skip
def test_everything_else_reaches_django_as_it_was_sent(told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    monkeypatch.setattr(wsgi, "_django", lambda environ, _start: seen.append(environ["CONTENT_TYPE"]) or [])
    wsgi.application({"CONTENT_TYPE": told}, None)
    assert seen == [told]
