"""Static files under names that change with their content, so that browsers and CDNs keep them for good."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.storage import staticfiles_storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

# What every page has, in this order, and the one file that `collectstatic` makes of it.
SHEETS = tuple(f"css/{name}.css" for name in ("tokens", "base", "layout", "components", "catalog", "reviews"))
SCRIPTS = ("js/page.js", "js/offline.js", "js/quick.js")
BUNDLES = {"css/shop.css": SHEETS, "js/shop.js": SCRIPTS}
_COMMENT, _INDENTED = re.compile(rb"/\*.*?\*/", re.DOTALL), re.compile(rb"\n\s*")
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
        for bundle, names in BUNDLES.items():
            if not dry_run and all(name in paths for name in names):
                Path(self.path(bundle)).write_bytes(b"".join(_part(name, Path(self.path(name))) for name in names))
                paths = {**paths, bundle: (self, bundle)}
        own = {name: path for name, path in paths.items() if name.startswith(OWN)}
        for name in () if dry_run else [name for name in own if name.endswith(".css")]:
            Path(self.path(name)).write_bytes(small(Path(self.path(name)).read_bytes()))
        yield from super().post_process(own, dry_run, **options)

    def stored_name(self, name: str) -> str:
        """The name with the hash, or the name as it is."""
        return str(self.hashed_files.get(self.hash_key(self.clean_name(name)), name))


def _part(name: str, file: Path) -> bytes:
    """A file as a part of its bundle: scripts see nothing of each other's names."""
    content = file.read_bytes() + b"\n"
    return b"{\n" + content + b"}\n" if name.startswith("js/") else content


def small(style: bytes) -> bytes:
    """A style sheet without comments and indentation. No more than that: whoever takes out all spaces that CSS did not
    need once takes ".crumbs :is(a)" for ".crumbs:is(a)".
    """
    return _INDENTED.sub(b"\n", _COMMENT.sub(b"", style))


def sheets() -> list[str]:
    """The addresses of the style sheets of every page: one where static files were collected, else as they are."""
    return _addresses("css/shop.css")


def scripts() -> list[str]:
    """The same of the modules of every page."""
    return _addresses("js/shop.js")


def _addresses(bundle: str) -> list[str]:
    collected = getattr(staticfiles_storage, "hashed_files", {})
    return [staticfiles_storage.url(name) for name in ((bundle,) if bundle in collected else BUNDLES[bundle])]
