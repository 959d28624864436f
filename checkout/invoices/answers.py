"""A document's file as an answer to a browser or program."""

from __future__ import annotations

from django.http import HttpResponse


def pdf(name: str, data: bytes) -> HttpResponse:
    """The PDF `data`, shown by the browser and saved as `name`; nobody else's cache keeps it."""
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Referrer-Policy"] = "same-origin"
    return response
