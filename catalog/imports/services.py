"""Import a file: look at all of it first, then apply it batch by batch; resume after a crash; undo."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, connections, transaction
from django.db.models.functions import Now

from catalog.imports import apply, extras, selectors
from catalog.imports.formats import table
from catalog.imports.ground import Ground
from catalog.imports.models import ImportedRow, ImportJob
from catalog.imports.rows import FieldRow, ProductRow, RowError, VariantRow
from catalog.imports.survey import Survey
from catalog.products.models import Product
from inventory.stock import services as stock
from shop.audit import services as audit
from shop.core import db
from shop.events import bus, types

BATCH = 500
Progress = Callable[[str, int, int], None]  # phase ("reading" or "importing"), rows so far, rows in all (0: not known)
Problem = tuple[int, str, str]  # row number, "error" or "warning", sentence


class ImportRunning(RuntimeError):
    """Another import is running; two at once would get in each other's way."""


@dataclass
class Report:
    """What an import did, or (dry run) would do. `problems` are broken rows and warnings, by row number."""

    total: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    failed: int = 0
    job_id: UUID | None = None
    problems: list[Problem] = field(default_factory=list)


def run(
    *,
    path: Path,
    by: str,
    format: str = "auto",
    source: str = "",
    default_stock: int = 100,
    dry_run: bool = False,
    resume: bool = False,
    progress: Progress = lambda phase, done, total: None,
) -> Report:
    """Import the file at `path`. Good rows land whatever the others are like; the report names every broken one.

    A product is identified by (source, its id) where the row has one, else by the SKU of its first variant. `source`
    defaults to the format's name. A row that says what the last import of it said changes nothing. With `resume` the
    job that a crash left goes on after its last committed batch; the end is the same as without. `dry_run` only counts.
    Raises `table.UnreadableFile`, `ImportRunning`.
    """
    format = table.detect(path) if format == "auto" else format
    source = source or format
    survey, report = Survey(), Report()
    _look(path, format, source, survey, report, progress)
    if dry_run:
        return report
    report.created = report.updated = report.unchanged = 0
    with only_one():
        job = _job(path, format, resume=resume, default_stock=default_stock, by=by)
        ground = Ground(by=by)
        ground.prepare(survey)
        _apply(path, job, ground, report, source=source, default_stock=default_stock, by=by, progress=progress)
        if survey.has_parts:  # of what is further down in the file, perhaps: once all of it is in
            rows = _good_rows(path, format, source, [], {})
            report.problems += extras.assemble(job, rows, source=source, by=by)
        job.failed, job.status = report.failed, ImportJob.Status.DONE
        job.save(update_fields=["failed", "status"])
        ImportJob.objects.filter(pk=job.pk).update(finished_at=Now())
    report.job_id, report.created, report.updated, report.unchanged = job.pk, job.created, job.updated, job.unchanged
    return report


def _look(path: Path, format: str, source: str, survey: Survey, report: Report, progress: Progress) -> None:
    """Read the whole file once: which rows are broken, which attributes there are, what would be done."""
    seen: dict[int, int] = {}
    some: list[ProductRow] = []
    for number, row in _good_rows(path, format, source, report.problems, seen):
        survey.add(row)
        some.append(row)
        if len(some) == 1000:
            _count(some, source, report)
            progress("reading", number, 0)
            some = []
    _count(some, source, report)
    report.failed = sum(1 for problem in report.problems if problem[1] == "error")
    report.total = report.created + report.updated + report.unchanged + report.failed


def _count(rows: Sequence[ProductRow], source: str, report: Report) -> None:
    known = selectors.known([selectors.key_of(row, source) for row in rows])
    for row in rows:
        product_id, digest = known.get(selectors.key_of(row, source), (None, ""))
        if product_id is None:
            report.created += 1
        elif digest == row.digest():
            report.unchanged += 1
        else:
            report.updated += 1


def _good_rows(
    path: Path, format: str, source: str, problems: list[Problem], seen: dict[int, int]
) -> Iterator[tuple[int, ProductRow]]:
    """The good rows with their numbers; broken ones and second ones of the same product go to `problems`."""
    for number, row in table.read(path, format, currency=settings.DEFAULT_CURRENCY):
        if isinstance(row, RowError):
            problems.append((number, "error", str(row)))
            continue
        if not row.external_id and not row.variants[0].sku:
            problems.append((number, "error", "neither id nor sku: the product could not be found again"))
            continue
        mark = hash(selectors.key_of(row, source))
        if mark in seen:
            problems.append((number, "error", f"the same product as in row {seen[mark]}"))
            continue
        seen[mark] = number
        yield number, row


def _apply(
    path: Path,
    job: ImportJob,
    ground: Ground,
    report: Report,
    *,
    source: str,
    default_stock: int,
    by: str,
    progress: Progress,
) -> None:
    some: list[tuple[int, ProductRow]] = []

    def flush() -> None:
        done = _batch(job, some, ground, source, default_stock)
        stock.load(rows=done.stock, reason="import", by=by, document=f"import:{job.pk}")
        report.problems += done.errors
        report.failed += sum(1 for problem in done.errors if problem[1] == "error")
        progress("importing", job.created + job.updated + job.unchanged + report.failed, report.total)
        some.clear()

    for number, row in _good_rows(path, job.format, source, [], {}):
        if number <= job.row:
            continue
        some.append((number, row))
        if len(some) == BATCH:
            flush()
    if some:
        flush()


def _batch(
    job: ImportJob, rows: Sequence[tuple[int, ProductRow]], ground: Ground, source: str, default_stock: int
) -> apply.Done:
    """Apply the batch; if the database refuses it, its rows one by one, so that only the broken ones stay out."""
    try:
        return apply.batch(job=job, rows=rows, ground=ground, source=source, default_stock=default_stock)
    except DatabaseError:
        job.refresh_from_db()
        ground.forget()
    done = apply.Done()
    for number, row in rows:
        try:
            one = apply.batch(job=job, rows=[(number, row)], ground=ground, source=source, default_stock=default_stock)
        except DatabaseError as error:
            job.refresh_from_db()
            ground.forget()
            done.errors.append((number, "error", f"the database refuses it: {str(error).splitlines()[0]}"))
            continue
        done.errors += one.errors
        done.stock += one.stock
    return done


def _job(path: Path, format: str, *, resume: bool, default_stock: int, by: str) -> ImportJob:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    left = ImportJob.objects.filter(digest=digest, format=format, status=ImportJob.Status.RUNNING).first()
    if left:
        _finish_last_batch(left, default_stock=default_stock, by=by)
        if resume:
            return left
        ImportJob.objects.filter(pk=left.pk).update(status=ImportJob.Status.STOPPED)
    return ImportJob.objects.create(file_name=path.name[:255], digest=digest, format=format)


def _finish_last_batch(job: ImportJob, *, default_stock: int, by: str) -> None:
    """Stock of the batch that was committed last may be missing after a crash; loading it again is harmless."""
    last = ImportedRow.objects.filter(job=job).order_by("-id").values_list("product_id", flat=True)[: 2 * BATCH]
    rows = selectors.product_rows(list(last), currency=settings.DEFAULT_CURRENCY)
    missing = [
        stock.InitialStock(variant_id=variant_id, sku=sku, quantity=default_stock)
        for variant_id, sku in selectors.variants_without_stock(list(rows))
    ]
    stock.load(rows=missing, reason="import", by=by, document=f"import:{job.pk}")


@contextmanager
def only_one() -> Iterator[None]:
    """One import at a time: a lock of the catalogue's database that dies with its connection."""
    with connections[db.CATALOG].cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext('catalog.import'))")
        if not cursor.fetchone()[0]:
            raise ImportRunning("another import is running")
        try:
            yield
        finally:
            if connections[db.CATALOG].is_usable():
                cursor.execute("SELECT pg_advisory_unlock(hashtext('catalog.import'))")


def undo(*, job_id: UUID, by: str) -> tuple[int, int]:
    """Take back what a job did: products it created are archived, those it changed get their earlier row.

    Returns how many of each. Raises `ImportJob.DoesNotExist`, `ValueError` if it was undone before.
    """
    job = ImportJob.objects.get(pk=job_id)
    if job.status == ImportJob.Status.UNDONE:
        raise ValueError("this import was undone before")
    ground = Ground(by=by)
    archived = restored = 0
    touched: list[UUID] = []
    for imported in ImportedRow.objects.filter(job=job).order_by("id").iterator(chunk_size=BATCH):
        with transaction.atomic(using=db.CATALOG):
            if imported.before is None:
                archived += _archive(imported.product_id)
            else:
                row = _row_from(imported.before)
                is_whole = "customizations" in imported.before  # kept since imports know of them
                apply.restore(job=job, row=row, product_id=imported.product_id, ground=ground, is_whole=is_whole)
                restored += 1
            touched.append(imported.product_id)
            if len(touched) == BATCH:
                _tell(job, touched)
    with transaction.atomic(using=db.CATALOG):
        _tell(job, touched)
    with transaction.atomic(using=db.CATALOG):
        ImportJob.objects.filter(pk=job.pk).update(status=ImportJob.Status.UNDONE)
        changes = {"archived": archived, "restored": restored}
        audit.record(
            action="import.undo", by=by, object_type="import", object_id=job.pk, changes=changes, using=db.CATALOG
        )
    return archived, restored


def _tell(job: ImportJob, product_ids: list[UUID]) -> None:
    """Search and lists hear of these products, in one event; the list is empty again then."""
    if product_ids:
        bus.publish(types.ProductsImported(job_id=job.pk, product_ids=list(product_ids)), using=db.CATALOG)
        product_ids.clear()


def _archive(product_id: UUID) -> int:
    live = Product.objects.filter(pk=product_id).exclude(status=Product.Status.ARCHIVED)
    return live.update(status=Product.Status.ARCHIVED, archived_at=Now())


def _pairs(parts: list[list[Any]] | None) -> tuple[tuple[str, int], ...] | None:
    return None if parts is None else tuple((sku, units) for sku, units in parts)


def _fields(asked: list[dict[str, Any]] | None) -> tuple[FieldRow, ...] | None:
    return None if asked is None else tuple(FieldRow(**{**one, "choices": tuple(one["choices"])}) for one in asked)


def _row_from(before: dict[str, Any]) -> ProductRow:
    """A row as `apply` kept it (JSON) as a row again."""
    released = before.get("released_on")
    return ProductRow(
        **{
            **before,
            "variants": tuple(VariantRow(**{**one, "parts": _pairs(one.get("parts"))}) for one in before["variants"]),
            "customizations": _fields(before.get("customizations")),
            "category_path": tuple(before["category_path"]),
            "options": tuple(before["options"]),
            "tags": tuple(before["tags"]),
            "pictures": tuple((url, alt) for url, alt in before["pictures"]),
            "released_on": date.fromisoformat(released) if released else None,
        }
    )
