import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import migrations, models, router

# A constraint would be made with the table locked; the index that stands behind it need not be.
ONCE = """
    CREATE UNIQUE INDEX CONCURRENTLY order_change_cause_once ON checkout_orderchange (cause_id)
    WHERE cause_id IS NOT NULL
"""
NOT_ONCE = "DROP INDEX CONCURRENTLY order_change_cause_once"

CHANGES, REFUNDS = "checkout_orderchange", "checkout_refund"
BATCH = 200

# What is told of a live order in the same way as the archive has it, and the next ones of both that had a return settled.
LIVE = """
    SELECT id, json_build_object(
        'checkout_return', (SELECT json_agg(one) FROM checkout_return one WHERE order_id = found.id),
        'checkout_reimbursement', (SELECT json_agg(one) FROM checkout_reimbursement one WHERE parent_id IN (
            SELECT id FROM checkout_return WHERE order_id = found.id)),
        'checkout_orderchange', (SELECT json_agg(one) FROM checkout_orderchange one WHERE order_id = found.id),
        'checkout_refund', (SELECT json_agg(one) FROM checkout_refund one WHERE payment_id IN (
            SELECT id FROM checkout_payment WHERE order_id = found.id))
    )::text FROM (
        SELECT DISTINCT parent.order_id AS id FROM checkout_return parent WHERE order_id > %s AND EXISTS (
            SELECT 1 FROM checkout_reimbursement WHERE parent_id = parent.id
        ) ORDER BY 1 LIMIT %s
    ) found ORDER BY id
"""
ARCHIVED = """
    SELECT id, content::text FROM checkout_archivedorder
    WHERE id > %s AND jsonb_typeof(content->'checkout_reimbursement') = 'array' ORDER BY id LIMIT %s
"""
KEEP = """
    UPDATE checkout_archivedorder SET content = jsonb_set(
        jsonb_set(content, '{checkout_orderchange}', %s::jsonb), '{checkout_refund}', %s::jsonb
    ) WHERE id = %s
"""


def causes(content: dict[str, Any]) -> dict[str, str]:
    """The reimbursement of each change and refund of an order that is a part of one, by ids.

    It was told by their reasons: "Exchange for" the return and which of its reimbursements it is; the same of what that
    sent back, and of all else the number of the return. A refund that failed has the failure in brackets behind it.
    """
    numbers = {one["id"]: one["number"] for one in content["checkout_return"]}
    settled = sorted(content["checkout_reimbursement"], key=lambda one: one["id"])
    marks = {f" {numbers[one['parent_id']]}/{one['position']}": one["id"] for one in settled}
    by_change = {one["change_id"]: one["id"] for one in settled if one["change_id"]}
    found: dict[str, str] = {}
    reasons: dict[str, str] = {}
    for change in content.get(CHANGES) or ():
        told = next((id_ for mark, id_ in marks.items() if change["reason"].endswith(mark)), None)
        if change["kind"] == "exchange" and (cause := by_change.get(change["id"], told)):
            found[change["id"]] = reasons[change["reason"]] = cause
    for refund in sorted(content.get(REFUNDS) or (), key=lambda one: one["id"]):
        if refund["retry_of"]:  # it stands behind the one that it repeats
            cause = found.get(refund["retry_of"])
        else:
            cause = next((id_ for reason, id_ in reasons.items() if _is_for(refund, reason)), None)
            cause = cause or next(
                (one["id"] for one in reversed(settled)
                 if _is_for(refund, numbers[one["parent_id"]]) and _moment(one["at"]) <= _moment(refund["created_at"])),
                None,
            )  # fmt: skip
        if cause:
            found[refund["id"]] = cause
    return found


def _is_for(refund: dict[str, Any], reason: str) -> bool:
    told = str(refund["reason"])
    return told == reason or told.startswith(f"{reason} (")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def fill(apps: Any, schema_editor: Any) -> None:
    """Some orders at a time, each time in a transaction of their own."""
    if not router.allow_migrate(schema_editor.connection.alias, "checkout", model_name="order"):
        return
    with schema_editor.connection.cursor() as cursor:
        for _order, content in _orders(cursor, LIVE):
            for key, cause in causes(content).items():
                for table in (CHANGES, REFUNDS):
                    cursor.execute(f"UPDATE {table} SET cause_id = %s WHERE id = %s", [cause, key])  # noqa: S608
        for order, content in _orders(cursor, ARCHIVED):
            found = causes(content)
            rows = {table: _with_causes(content.get(table), found) for table in (CHANGES, REFUNDS)}
            cursor.execute(KEEP, [rows[CHANGES], rows[REFUNDS], order])


def _orders(cursor: Any, query: str) -> Iterator[tuple[Any, dict[str, Any]]]:
    after: Any = "00000000-0000-0000-0000-000000000000"
    while True:
        cursor.execute(query, [after, BATCH])
        rows = cursor.fetchall()
        for after, content in rows:  # noqa: B007
            yield after, json.loads(content)
        if len(rows) < BATCH:
            return


def _with_causes(rows: list[dict[str, Any]] | None, found: dict[str, str]) -> str:
    """Of all rows or none: those of an archived table have the same columns."""
    return json.dumps(rows and [{**row, "cause_id": found.get(row["id"])} for row in rows])


class Migration(migrations.Migration):
    """What a reimbursement changed and sent back is told by its id, and not by the words that were written of it."""

    atomic = False

    dependencies = [("checkout", "0030_given_up_parcels")]

    operations = [
        migrations.AddField(
            model_name="orderchange", name="cause_id", field=models.UUIDField(blank=True, null=True)
        ),
        migrations.AddField(model_name="refund", name="cause_id", field=models.UUIDField(blank=True, null=True)),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(ONCE, NOT_ONCE)],
            state_operations=[
                migrations.AddConstraint(
                    model_name="orderchange",
                    constraint=models.UniqueConstraint(
                        models.F("cause_id"), condition=models.Q(("cause_id__isnull", False)),
                        name="order_change_cause_once",
                    ),
                ),
            ],
        ),
    ]
