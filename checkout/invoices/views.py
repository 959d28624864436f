"""The shopper's invoices and credit notes: a list, and each as a PDF."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from checkout.invoices import answers, selectors
from checkout.invoices import services as invoices
from checkout.orders import access


@never_cache
@require_safe
def document(request: HttpRequest, number: str, document: str) -> HttpResponse:
    """GET /orders/<number>/documents/<document>.pdf: for whoever may see the order; 404 for all else."""
    order = access.order_for(request, number, archived=True)
    found = selectors.document_of(order.pk, document)
    if found is None:
        raise Http404
    return answers.pdf(found.number, invoices.pdf(found))


@never_cache
@require_safe
def documents(request: HttpRequest, number: str) -> HttpResponse:
    """GET /orders/<number>/documents/: what was issued so far, or when the invoice comes."""
    order = access.order_for(request, number, archived=True)
    if request.GET.get("key"):
        access.remember(request, order)
    key = request.GET.get("key", "")
    query = f"?key={key}" if key else ""
    rows = [
        {"document": one, "url": reverse("order_document", args=[order.number, one.number]) + query}
        for one in selectors.documents_of(order.pk)
    ]
    context = {
        "number": order.number,
        "rows": rows,
        "order_url": reverse("order", args=[order.number]) + query,
        "is_over": order.is_over,
        "is_on_shipment": selectors.details().issue_when == "shipped",
    }
    response = render(request, "checkout/invoices/documents.html", context)
    response["Referrer-Policy"] = "same-origin"
    return response
