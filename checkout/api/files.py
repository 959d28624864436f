"""Files of an order: its invoices and credit notes."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from checkout.api import shopper
from checkout.invoices import answers, selectors
from checkout.invoices import services as invoices
from checkout.orders import access

_ORDER = OpenApiParameter(access.HEADER, str, OpenApiParameter.HEADER, description="A guest's `accessToken`.")


class _Pdf(JSONRenderer):
    """Lets a caller ask for a PDF alone; what goes wrong is told as everywhere."""

    media_type, format = "application/pdf", "pdf"


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
