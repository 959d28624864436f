"""Files of an order: its invoices and credit notes, and the photos of its returns."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from checkout.api import shopper
from checkout.archive.reading import opened
from checkout.invoices import answers, selectors
from checkout.invoices import services as invoices
from checkout.orders import access
from checkout.returns import photos
from checkout.returns import selectors as returns

_ORDER = OpenApiParameter(access.HEADER, str, OpenApiParameter.HEADER, description="A guest's `accessToken`.")


class _Pdf(JSONRenderer):
    """Lets a caller ask for a PDF alone; what goes wrong is told as everywhere."""

    media_type, format = "application/pdf", "pdf"


class _Jpeg(JSONRenderer):
    """The same for a photo."""

    media_type, format = "image/jpeg", "jpg"


class DocumentFile(shopper.ShopperView):
    renderer_classes = [*shopper.ShopperView.renderer_classes, _Pdf]

    @extend_schema(
        responses={(200, "application/pdf"): OpenApiTypes.BINARY},
        parameters=[_ORDER],
        operation_id="orders_documents_retrieve",
    )
    def get(self, request: Request, number: str, document: str) -> HttpResponse:
        """An invoice or credit note as a PDF."""
        order = shopper.order_of(request, number, archived=True)
        found = selectors.document_of(order.pk, document)
        if found is None:
            raise Http404
        return answers.pdf(found.number, invoices.pdf(found))


class ReturnPhotoFile(shopper.ShopperView):
    renderer_classes = [*shopper.ShopperView.renderer_classes, _Jpeg]

    @extend_schema(
        responses={(200, "image/jpeg"): OpenApiTypes.BINARY},
        parameters=[_ORDER],
        operation_id="orders_returns_photos_retrieve",
    )
    def get(self, request: Request, number: str, return_number: str, photo_id: UUID) -> HttpResponse:
        """A photo of one's own return, as we keep it: a JPEG without where and when it was taken."""
        order = shopper.order_of(request, number, archived=True)
        with opened(order):
            found = returns.by_number(return_number)
            row = returns.photo(return_id=found.pk, photo_id=photo_id) if found and found.order_id == order.pk else None
        if row is None:
            raise Http404
        try:
            content = photos.read(row.name)
        except FileNotFoundError as error:
            raise Http404 from error
        return HttpResponse(content, content_type="image/jpeg", headers={"Content-Disposition": "inline"})
