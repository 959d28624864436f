"""A real Elasticsearch for the tests that mean one: ELASTICSEARCH_URL, or whatever answers on 127.0.0.1:9200.

Each test has an index of its own there, which is removed afterwards. Without a server these tests say so and are
skipped.
"""

from __future__ import annotations

import json
import os
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import pytest

from shop.core import db

URL = os.environ.get("ELASTICSEARCH_URL") or "http://127.0.0.1:9200"


@lru_cache(maxsize=1)
def missing() -> str:
    """Why there is none to test with; empty when there is one."""
    try:
        with urllib.request.urlopen(URL, timeout=5) as answer:
            number = json.load(answer)["version"]["number"]
    except (OSError, ValueError, KeyError) as error:
        return f"no Elasticsearch answers on {URL} ({error}): set ELASTICSEARCH_URL, or start one"
    return "" if number.split(".")[0] in {"8", "9"} else f"the Elasticsearch on {URL} is a {number}, not an 8 or 9"


@contextmanager
def shop(settings: Any, url: str = URL) -> Iterator[None]:
    """The shop searches in Elasticsearch, in an index of its own, until the block ends. There is none to begin with."""
    from catalog.search import documents

    if reason := missing():
        pytest.skip(reason)
    settings.ELASTICSEARCH_URL = url
    settings.ELASTICSEARCH_INDEX = f"test-{db.uuid7().hex}"
    settings.ELASTICSEARCH_TIMEOUT_SECONDS = 20  # of a machine that is busy with other tests
    try:
        yield
    finally:
        settings.ELASTICSEARCH_URL = URL
        documents.remove_all()
