"""Where providers tell us what happened."""

from __future__ import annotations

import structlog
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from checkout.payments import services as payments
from checkout.payments.providers import base
from shop.core import rest

log = structlog.get_logger("checkout.payments")

MAX_BYTES = 256 * 1024  # providers' messages have some kilobytes


@csrf_exempt  # signed by Stripe, which has no cookie of ours
@require_POST
def stripe(request: HttpRequest) -> HttpResponse:
    """Store a signed message and answer 200 at once; 400 for a bad signature or a body over the limit."""
    return _received(request, "stripe")


@csrf_exempt  # signed by PayPal
@require_POST
def paypal(request: HttpRequest) -> HttpResponse:
    """The same; 503 while PayPal cannot be asked whether the signature is its own: it sends the message again."""
    return _received(request, "paypal")


def _received(request: HttpRequest, provider: str) -> HttpResponse:
    try:
        body = request.body
    except RequestDataTooBig:
        return _refused("body_too_large", "The message is too large.")
    if len(body) > MAX_BYTES:
        return _refused("body_too_large", "The message is too large.")
    try:
        payments.receive(provider=provider, body=body, headers=request.headers)
    except base.BadSignature:
        return _refused("bad_signature", "The signature is wrong, or too old.")
    except base.BadMessage:
        return _refused("bad_message", "The message is not an event.")
    except base.WrongAccount:
        return _refused("wrong_account", "The message is about another account, or another mode.")
    except base.ProviderUnavailable:
        return _refused("unavailable", "The signature cannot be verified now. Please send it again.", status=503)
    return HttpResponse(status=200)


def _refused(code: str, message: str, *, status: int = 400) -> JsonResponse:
    log.warning("message refused", code=code)
    return JsonResponse(rest.error_body(code, message), status=status)
