"""The feed's address."""

from __future__ import annotations

import gzip

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from catalog.merchantfeed import services
from shop.core import codings

WAIT = 300  # seconds after which somebody may ask again: the timetable has come by


class Unpacked(gzip.GzipFile):
    """What a compressed file says; closing it closes that."""

    def __init__(self, file: File) -> None:
        super().__init__(fileobj=file)  # type: ignore[arg-type]
        self.packed = file

    def close(self) -> None:
        super().close()
        self.packed.close()


@require_safe
@vary_on_headers("Accept-Encoding")
def google(request: HttpRequest) -> HttpResponseBase:
    """All that can be bought, as the last file has it; 503 while a large shop has none."""
    feed = services.current(settings.DEFAULT_CURRENCY)
    if feed is None:
        return HttpResponse("The feed is being made.\n", "text/plain", 503, headers={"Retry-After": str(WAIT)})
    etag, changed_at = f'W/"{feed.digest}"', int(feed.changed_at.timestamp())
    answer: HttpResponseBase | None = get_conditional_response(request, etag=etag, last_modified=changed_at)
    if answer is None:
        is_packed = "gzip" in codings.taken(request.headers.get("Accept-Encoding", ""))
        file = default_storage.open(feed.name)
        answer = FileResponse(file if is_packed else Unpacked(file), content_type="application/xml; charset=utf-8")
        if is_packed:
            answer["Content-Encoding"] = "gzip"
        answer["Last-Modified"] = http_date(changed_at)
    answer["ETag"], answer["Cache-Control"] = etag, "public, no-cache"
    return answer
