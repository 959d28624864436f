"""A process that has everything of the shop imported, and forks children that live for one job: see `killed.py`.

It has no thread and no connection, so that a child starts as clean as a new process, only sooner.
"""

from __future__ import annotations

import functools
import gc
import importlib
import json
import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

import django
from django.urls import reverse
from django.utils.module_loading import import_string

LONGEST = 40  # seconds of a child


def main() -> None:
    """Read wishes, one a line, and answer each with how its child ended and what it printed."""
    django.setup()
    from shop.celery import app
    from shop.events import bus
    from shop.subscriptions import SUBSCRIBERS

    app.loader.import_default_modules()
    for subscribers in SUBSCRIBERS.values():
        for subscriber in subscribers:
            bus.handler(subscriber)
    importlib.import_module("tests.faults.jobs")
    reverse("home")  # all addresses are gathered here, not in every child that writes a link
    gc.collect()
    gc.freeze()  # else a child copies the whole memory by looking through it
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_child(json.loads(line))) + "\n")
        sys.stdout.flush()


def _child(wish: dict[str, Any]) -> dict[str, Any]:
    with tempfile.TemporaryFile() as output:
        pid = os.fork()
        if not pid:
            _live(wish, output.fileno())
        _pid, status = os.waitpid(pid, 0)
        output.seek(0)
        return {"code": os.waitstatus_to_exitcode(status), "said": output.read().decode(errors="replace")}


def _live(wish: dict[str, Any], output: int) -> NoReturn:
    from django.conf import settings

    os.dup2(output, 1)
    os.dup2(output, 2)
    signal.alarm(LONGEST)
    os.environ["PGAPPNAME"] = wish["name"]
    code = 1
    try:
        for name, value in wish["settings"].items():
            setattr(settings, name, value)
        if wish["dies"]:
            _arm(*wish["dies"])
        sys.stdout.write(f"{import_string(wish['job'])(*wish['args'])}\n")
        code = 0
    except Exception:  # noqa: BLE001  (whatever it is, the test reads it)
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("dead")


def _arm(when: str, where: str, once: str = "") -> None:
    """Die "before" or "after" the function `where`, or when the function that it returns has been "called".

    `where` is COMMIT for the next one in any database, once the function `once` has begun.
    """
    if where != "COMMIT":
        _wrap(where, functools.partial(_dying, when))
        return
    begun: list[bool] = []

    def noting(function: Callable[..., Any]) -> Callable[..., Any]:
        def noted(*args: Any, **kwargs: Any) -> Any:
            begun.append(True)
            return function(*args, **kwargs)

        return noted

    def committing(function: Callable[..., Any]) -> Callable[..., Any]:
        dying = _dying(when, function)
        return lambda connection: dying(connection) if begun else function(connection)

    from django.db.backends.base.base import BaseDatabaseWrapper

    _wrap(once, noting)
    BaseDatabaseWrapper._commit = committing(BaseDatabaseWrapper._commit)  # type: ignore[attr-defined]


def _wrap(where: str, wrapper: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    path, _dot, name = where.rpartition(".")
    try:
        owner: Any = importlib.import_module(path)
    except ImportError:
        owner = import_string(path)  # a class
    setattr(owner, name, wrapper(getattr(owner, name)))


def _dying(when: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def dying(*args: Any, **kwargs: Any) -> Any:
        if when == "before":
            _die()
        made = function(*args, **kwargs)
        if when == "after":
            _die()
        return _dying("after", made)  # "called"

    return dying


if __name__ == "__main__":
    main()
