"""Logs: one line per event with the request's id. JSON for machines, one readable line for people."""

from __future__ import annotations

import logging.config
from typing import Any

import structlog

from shop.core import requests


def _request_id(_logger: Any, _name: str, event: dict[str, Any]) -> dict[str, Any]:
    if current := requests.current_id():
        event.setdefault("request_id", current)
    return event


def configure(settings: dict[str, str]) -> None:
    """Django's LOGGING_CONFIG: `settings` holds `level` and `format` ("json" or "console")."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _request_id,
    ]
    renderer: Any = structlog.dev.ConsoleRenderer(
        colors=False, pad_event_to=0, exception_formatter=structlog.dev.plain_traceback
    )
    tail: list[Any] = [renderer]
    if settings["format"] == "json":
        tail = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "line": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": shared,
                    "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *tail],
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
