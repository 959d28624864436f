"""Logs: one line per event with the request's id. JSON for machines, one readable line for people."""

from __future__ import annotations

import logging.config
import sys
from typing import Any

import structlog

from shop.core import requests


def _request_id(_logger: Any, _name: str, event: dict[str, Any]) -> dict[str, Any]:
    if current := requests.current_id():
        event.setdefault("request_id", current)
    return event


_OUT = sys.stderr  # as this process has begun with it: Celery puts something else there, which logs what is written
_TIME = structlog.processors.TimeStamper(fmt="iso", utc=True)


def _rendering(settings: dict[str, str]) -> list[Any]:
    """The last processors: what makes a line of an event."""
    if settings["format"] == "json":
        return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    plain = structlog.dev.plain_traceback
    return [structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0, exception_formatter=plain)]


def direct(name: str, settings: dict[str, str]) -> Any:
    """A logger for what is said with every request: the same lines in the same place, without the way through the
    records of `logging`, which costs four times as much (`settings` as for `configure`).
    """
    processors: list[Any] = [structlog.stdlib.add_log_level, _TIME, _request_id, *_rendering(settings)]
    return structlog.wrap_logger(
        structlog.WriteLogger(_OUT),
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(settings["level"]),
        cache_logger_on_first_use=True,
    ).bind(logger=name)


def configure(settings: dict[str, str]) -> None:
    """Django's LOGGING_CONFIG: `settings` holds `level` and `format` ("json" or "console")."""
    shared: list[Any] = [structlog.stdlib.add_log_level, structlog.stdlib.add_logger_name, _TIME, _request_id]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    tail = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_rendering(settings)]
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "line": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": shared,
                    "processors": tail,
                }
            },
            "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
            "root": {"handlers": ["console"], "level": settings["level"]},
            "loggers": {
                "django.server": {"level": "WARNING"},
                "fontTools": {"level": "WARNING"},
                "celery.worker.strategy": {"level": "WARNING"},
                "celery.app.trace": {"level": "WARNING"},
                "stripe": {"level": "WARNING"},
                "elastic_transport": {"level": "WARNING"},
            },
        }
    )
