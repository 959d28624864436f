"""Where providers tell us what happened."""

from __future__ import annotations

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from checkout.payments import services as payments
from checkout.payments.providers import base

MAX_BYTES = 256 * 1024  # Stripe's messages have some kilobytes


@csrf_exempt  # signed by Stripe, which has no cookie of ours
@require_POST
def stripe(request: HttpRequest) -> HttpResponse:
    """Store a signed message and answer 200 at once; 400 for a bad signature or a body over the limit."""
    try:
        body = request.body
    except RequestDataTooBig:
        return HttpResponseBadRequest("too large")
    if len(body) > MAX_BYTES:
        return HttpResponseBadRequest("too large")
    try:
        payments.receive(provider="stripe", body=body, headers=request.headers)
    except base.BadSignature:
        return HttpResponseBadRequest("bad signature")
    return HttpResponse(status=200)
