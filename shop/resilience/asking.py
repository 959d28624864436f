"""What a system outside answers over HTTP: whole, of a sane size and in time, or nothing of it."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests
from urllib3.exceptions import HTTPError

LARGEST = 256 * 1024  # bytes of an answer
_CONNECT = 1.0  # seconds
_PIECE = 8 * 1024
# A socket's patience is for each piece that comes, not for all of them: whoever asks leaves when the time is over, and
# the thread after the next piece.
_askers = ThreadPoolExecutor(max_workers=32, thread_name_prefix="asking")


class NoAnswer(Exception):
    """None came in time, or not a whole one. To be asked again later."""


def ask(method: str, url: str, *, seconds: float, **question: Any) -> bytes:
    """The body that a request is answered with, `seconds` in all; `question` is what `requests` takes. Raises
    `NoAnswer`, also for any status but 200 (redirects are not followed), and for more than `LARGEST` bytes.
    """
    asked = _askers.submit(_answer, method, url, seconds, question)
    try:
        return asked.result(seconds)
    except TimeoutError as error:
        asked.cancel()
        raise NoAnswer("not in time") from error


def _answer(method: str, url: str, seconds: float, question: dict[str, Any]) -> bytes:
    until, patience = time.monotonic() + seconds, (min(_CONNECT, seconds), seconds)
    try:
        with requests.request(
            method, url, timeout=patience, allow_redirects=False, stream=True, **question
        ) as answer:  # fmt: skip
            if answer.status_code != 200:
                raise NoAnswer(f"answered {answer.status_code}")
            body = bytearray()
            while piece := answer.raw.read1(_PIECE, decode_content=True):
                body += piece
                if len(body) > LARGEST or time.monotonic() > until:
                    raise NoAnswer("too much of it, or too slow")
            return bytes(body)
    except (requests.RequestException, HTTPError, OSError) as error:
        raise NoAnswer(type(error).__name__) from error
