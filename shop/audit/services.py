"""Write to the audit log, seal it, verify it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connections, transaction

from shop.audit.models import AuditEntry, AuditSeal
from shop.core import db, requests


def record(
    *,
    action: str,
    by: str,
    object_type: str,
    object_id: UUID | str,
    changes: Mapping[str, Any] | None = None,
    using: str,
) -> None:
    """Add one entry, in the caller's transaction on database `using`.

    `action` is dotted ("order.cancel"), `by` the actor ("staff:<id>", "customer:<id>", "guest", "system"), `changes`
    ids and facts as JSON values, never personal data.
    """
    AuditEntry.objects.using(using).create(
        action=action,
        actor=by,
        object_type=object_type,
        object_id=str(object_id),
        changes=dict(changes or {}),
        request_id=requests.current_id(),
    )


SETTLED_AFTER = timedelta(seconds=360)  # longer than any transaction lasts


def seal() -> int:
    """Add one link per database over the entries since the last seal; returns how many entries were sealed.

    The chain: SHA-256 over the previous digest and the canonical JSON of each entry, by id. Done by one beat task and
    not inside order transactions, which it would serialise. Entries younger than `SETTLED_AFTER` wait for the next one.
    """
    sealed = 0
    for alias in db.databases():
        until = db.uuid7_floor(db.clock(alias) - SETTLED_AFTER)
        with transaction.atomic(using=db.DEFAULT):
            _lock_chain()
            last = AuditSeal.objects.filter(database=alias).order_by("-last_id").first()
            rows = _entries(alias, after=last.last_id if last else None, until=until)
            digest, count, last_id = _digest(last.digest if last else "", rows)
            if count and last_id:
                AuditSeal.objects.create(database=alias, last_id=last_id, count=count, digest=digest)
                sealed += count
    return sealed


def verify() -> list[str]:
    """Recompute the chain of every database; a sentence for each seal that no longer fits its entries (A43)."""
    problems = []
    for alias in db.databases():
        previous, after = "", None
        for link in AuditSeal.objects.filter(database=alias).order_by("last_id"):
            digest, count, _last = _digest(previous, _entries(alias, after=after, until=link.last_id, inclusive=True))
            if digest != link.digest:
                found = f"({count} found, {link.count} sealed)"
                problems.append(f"audit log of {alias}: entries up to {link.last_id} were changed {found}")
            previous, after = link.digest, link.last_id
    return problems


def _lock_chain() -> None:
    with connections[db.DEFAULT].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('audit.seal'))")


def _entries(alias: str, *, after: UUID | None, until: UUID, inclusive: bool = False) -> Iterator[AuditEntry]:
    rows = AuditEntry.objects.using(alias).order_by("id")
    rows = rows.filter(id__lte=until) if inclusive else rows.filter(id__lt=until)
    if after:
        rows = rows.filter(id__gt=after)
    return rows.iterator(chunk_size=2000)


def _digest(previous: str, entries: Iterable[AuditEntry]) -> tuple[str, int, UUID | None]:
    chain = hashlib.sha256(previous.encode())
    count, last_id = 0, None
    for entry in entries:
        facts = [str(entry.id), entry.action, entry.actor, entry.object_type, entry.object_id, entry.changes]
        facts += [entry.request_id, entry.at.isoformat()]
        chain.update(json.dumps(facts, sort_keys=True, separators=(",", ":")).encode())
        count, last_id = count + 1, entry.id
    return chain.hexdigest(), count, last_id
