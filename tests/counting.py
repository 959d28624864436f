"""Counting queries over all databases, whether there is one or three."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from shop.core import db

Counting = Callable[[], AbstractContextManager[Callable[[], int]]]


@pytest.fixture
def counting() -> Counting:
    """`with counting() as queries: …` then `queries()` is how many there were."""

    @contextmanager
    def count() -> Iterator[Callable[[], int]]:
        with ExitStack() as stack:
            captured = [stack.enter_context(CaptureQueriesContext(connections[alias])) for alias in db.databases()]
            yield lambda: sum(len(one) for one in captured)

    return count
