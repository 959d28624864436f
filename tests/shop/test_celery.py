"""Workers keep their database connections between tasks, and give them back after each."""

import sys

from celery.fixups.django import DjangoWorkerFixup

from shop.celery import Task, app


def test_celery_leaves_the_connections_alone() -> None:
    assert DjangoWorkerFixup(app).db_reuse_max == sys.maxsize


def test_every_task_gives_its_connections_back() -> None:
    app.loader.import_default_modules()
    ours = {name: task for name, task in app.tasks.items() if not name.startswith("celery.")}
    assert [name for name, task in ours.items() if not isinstance(task, Task)] == []
    assert {row["task"] for row in app.conf.beat_schedule.values()} <= set(ours)
