"""manage.py import_catalog FILE: products in."""

from __future__ import annotations

import csv
import gc
import sys
import time
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.imports import services
from catalog.imports.demo import illustrate
from catalog.imports.formats import table
from catalog.imports.models import ImportJob
from shop.core import db
from shop.events.models import Delivery

INDEX_PATIENCE = 60  # seconds to wait for the workers to index what came in


class Command(BaseCommand):
    help = "Import products from a file: JSON lines or Shopify's product CSV (packed with gzip or not)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path)
        parser.add_argument("--format", default="auto", choices=["auto", *table.FORMATS])
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done")
        parser.add_argument("--resume", action="store_true", help="go on where a killed import stopped")
        parser.add_argument("--default-stock", type=int, default=100, help="units of products without stock (100)")
        parser.add_argument("--source", default="", help="whose ids the file has (default: the format's name)")
        parser.add_argument(
            "--errors", type=Path, help="where broken rows are listed (default: beside FILE, .errors.csv)"
        )
        parser.add_argument("--undo", type=UUID, metavar="JOB", help="take back what an import did")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["undo"]:
            return self._undo(options["undo"])
        path: Path | None = options["file"]
        if path is None or not path.is_file():
            raise CommandError(f"There is no file {path}." if path else "Name the file to import.")
        if options["default_stock"] < 0:
            raise CommandError("--default-stock is 0 or more.")
        gc.set_threshold(100_000, 50, 50)  # so many rows at once make Python's collector busy for nothing
        started = time.monotonic()
        try:
            report = services.run(
                path=path,
                by="system",
                format=options["format"],
                source=options["source"],
                default_stock=options["default_stock"],
                dry_run=options["dry_run"],
                resume=options["resume"],
                progress=self._progress,
            )
        except (table.UnreadableFile, services.ImportRunning) as error:
            raise CommandError(str(error)) from error
        self._say(report, options, path, time.monotonic() - started)
        if report.job_id:
            drawn = illustrate.illustrate(job_id=report.job_id, progress=self._drawing)
            self.stdout.write(f"{drawn:,} products without a picture of their own got a drawn one.")
            self._wait_for_index(str(report.job_id))
        return None

    def _progress(self, phase: str, done: int, total: int) -> None:
        of = f" of {total:,} ({done * 100 // total} %)" if total else ""
        end = "\r" if sys.stdout.isatty() else "\n"
        self.stdout.write(f"{phase}: {done:,}{of}", ending=end)
        self.stdout.flush()

    def _drawing(self, done: int, total: int) -> None:
        if done % 50 == 0 or done == total:
            self._progress("drawing pictures", done, total)

    def _say(self, report: services.Report, options: dict[str, Any], path: Path, seconds: float) -> None:
        would = "would be " if options["dry_run"] else ""
        self.stdout.write(
            f"{report.total:,} rows in {seconds:.1f} s: {report.created:,} {would}created, "
            f"{report.updated:,} {would}updated, {report.unchanged:,} unchanged, {report.failed:,} with errors."
        )
        if report.problems:
            with self._errors_file(options["errors"], path) as file:
                writer = csv.writer(file)
                writer.writerow(["row", "kind", "reason"])
                writer.writerows(sorted(report.problems))
            warnings = sum(1 for problem in report.problems if problem[1] == "warning")
            self.stdout.write(f"{report.failed:,} errors and {warnings:,} warnings are listed in {file.name}.")
        if report.job_id:
            self.stdout.write(f"Job {report.job_id} (undo with: manage.py import_catalog --undo {report.job_id})")

    def _errors_file(self, wanted: Path | None, path: Path) -> IO[str]:
        """Where `--errors` says, else beside the file, else (its folder cannot be written) in the current one."""
        name = f"{path.name}.errors.csv"
        for target in [wanted] if wanted else [path.with_name(name), Path(name)]:
            try:
                return target.open("w", newline="", encoding="utf-8")
            except OSError as error:
                reason = error.strerror
        raise CommandError(f"The broken rows cannot be listed in {target}: {reason}.")

    def _undo(self, job_id: UUID) -> None:
        try:
            archived, restored = services.undo(job_id=job_id, by="system")
        except (ImportJob.DoesNotExist, ValueError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{archived:,} products archived, {restored:,} restored.")

    def _wait_for_index(self, job_id: str) -> None:
        """Say when the products can be found in the shop; the workers index them."""
        waiting = Delivery.objects.using(db.CATALOG).filter(aggregate_id=job_id, status=Delivery.Status.PENDING)
        until = time.monotonic() + INDEX_PATIENCE
        while (left := waiting.count()) and time.monotonic() < until:
            self.stdout.write(f"indexing: {left} batches left", ending="\r" if sys.stdout.isatty() else "\n")
            time.sleep(2)
        if left:
            self.stdout.write("The shop's workers go on indexing; the products appear in lists as they get there.")
