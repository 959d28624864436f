"""A migration operation for the append-only tables: one partition a month, by the instant in their UUIDv7 key."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import router
from django.db.migrations import AddIndex
from django.db.migrations.operations.base import Operation

from shop.core import db


class PartitionByMonth(Operation):
    """Turns the freshly created, empty table of `model_name` into one partitioned by month.

    Stands right after its `CreateModel`. Columns, constraints and indexes stay as the ORM made them, so that its
    state and the database agree. Partitions are made from last month (keys drawn just before the turn of a
    month) to a year ahead; a beat task keeps that year ahead. There is no default partition: it would forbid
    detaching one without a lock.
    """

    reversible = False
    reduces_to_sql = True

    def __init__(self, model_name: str) -> None:
        self.model_name = model_name

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The model is the same to the ORM."""

    def describe(self) -> str:
        return f"Partition {self.model_name} by month"

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        if not router.allow_migrate(schema_editor.connection.alias, app_label, model_name=self.model_name.lower()):
            return
        table = model._meta.db_table
        schema_editor.execute(f'ALTER TABLE "{table}" RENAME TO "{table}_flat"')
        schema_editor.execute(
            f'CREATE TABLE "{table}" (LIKE "{table}_flat" INCLUDING DEFAULTS INCLUDING CONSTRAINTS) '
            "PARTITION BY RANGE (id)"
        )
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = %s", [f"{table}_flat"])
            definitions = [row[0] for row in cursor.fetchall() if "_pkey" not in row[0]]
        schema_editor.execute(f'DROP TABLE "{table}_flat"')
        schema_editor.execute(f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_pkey" PRIMARY KEY (id)')
        for definition in definitions:
            schema_editor.execute(definition.replace(f"{table}_flat", table))
        for month in db.months(db.clock(schema_editor.connection.alias).replace(day=1) - timedelta(days=1), 14):
            schema_editor.execute(db.partition_sql(table, month))

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        raise NotImplementedError("a partitioned table is not turned back")


class AddIndexByPartition(AddIndex):
    """Adds an index to a table that is partitioned by month while others write to it: first to the table alone, then
    to one partition after another, and so to all of it. For a migration with `atomic = False`; may be repeated."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        table = model._meta.db_table
        sql = str(self.index.create_sql(model, schema_editor))
        start, named = "CREATE INDEX", f'"{self.index.name}" ON "{table}"'
        alone = f'{start} IF NOT EXISTS "{self.index.name}" ON ONLY "{table}"'
        schema_editor.execute(sql.replace(f"{start} {named}", alone))
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(
                "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = to_regclass(%s)", [table]
            )
            partitions = [row[0] for row in cursor.fetchall()]
        for partition in partitions:
            part = f"{self.index.name}{partition.removeprefix(table)}"
            made = sql.replace(f"{start} {named}", f'{start} CONCURRENTLY IF NOT EXISTS "{part}" ON "{partition}"')
            schema_editor.execute(made)
            schema_editor.execute(f'ALTER INDEX "{self.index.name}" ATTACH PARTITION "{part}"')
