"""Static files under names that change with their content, so that browsers and CDNs keep them for good."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.storage import staticfiles_storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

SHEETS = ("css/tokens.css", "css/base.css", "css/layout.css", "css/components.css")  # of every page, in this order
ALL_SHEETS = "css/shop.css"  # those in one file, which `collectstatic` makes
OWN = ("css/", "fonts/", "img/", "js/")  # folders of static/; packages have folders of their names


class StaticFiles(CompressedManifestStaticFilesStorage):
    """`collectstatic` gives the shop's own files names with a hash, and compresses them. Those of packages (the admin,
    the pages of the API) keep theirs: some name files that are not there, and shoppers never load them.

    A file that was not collected has the name that it has in the sources, where WhiteNoise finds it.
    """

    manifest_strict = False
    keep_only_hashed_files = False
    support_js_module_import_aggregation = True

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        if not dry_run and all(name in paths for name in SHEETS):
            with open(self.path(ALL_SHEETS), "wb") as file:
                file.writelines(Path(self.path(name)).read_bytes() + b"\n" for name in SHEETS)
            paths = {**paths, ALL_SHEETS: (self, ALL_SHEETS)}
        own = {name: path for name, path in paths.items() if name.startswith(OWN)}
        yield from super().post_process(own, dry_run, **options)

    def stored_name(self, name: str) -> str:
        """The name with the hash, or the name as it is."""
        return str(self.hashed_files.get(self.hash_key(self.clean_name(name)), name))


def sheets() -> list[str]:
    """The addresses of the style sheets of every page: one where static files were collected, else as they are."""
    collected = getattr(staticfiles_storage, "hashed_files", {})
    return [staticfiles_storage.url(name) for name in ([ALL_SHEETS] if ALL_SHEETS in collected else SHEETS)]
