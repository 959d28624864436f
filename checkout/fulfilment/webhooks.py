"""Where carriers tell us what happened to their parcels."""

from __future__ import annotations

import structlog
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from checkout.fulfilment import tracking
from shop.core import rest

log = structlog.get_logger("checkout.fulfilment")

MAX_BYTES = 256 * 1024
REFUSALS = {
    "body_too_large": (400, "The message is too large."),
    "bad_signature": (400, "The signature is wrong."),
    "timestamp_too_old": (400, "The message is more than five minutes old."),
    "timestamp_too_new": (400, "The message is from the future."),
    "bad_message": (400, "The message does not say what happened to a parcel."),
    "bad_time": (400, "Something is told to have happened more than a year ago, or to happen after tomorrow."),
    "unknown_status": (400, "There is no such status."),
    "unknown_parcel": (404, "None of these parcels is ours."),
    "unknown_carrier": (404, "There is no such carrier."),
}


@csrf_exempt  # signed by the carrier, which has no cookie of ours
@require_POST
def carrier(request: HttpRequest, name: str) -> HttpResponse:
    """Keep what a signed message tells of our parcels and answer 200, or refuse it all. Repeated, it does nothing."""
    try:
        body = request.body
    except RequestDataTooBig:
        return _refused(name, "body_too_large")
    if len(body) > MAX_BYTES:
        return _refused(name, "body_too_large")
    try:
        tracking.receive(carrier=name, body=body, headers=request.headers)
    except tracking.BadMessage as refused:
        return _refused(name, refused.code)
    return HttpResponse(status=200)


def _refused(name: str, code: str) -> JsonResponse:
    status, sentence = REFUSALS[code]
    log.warning("carrier's message refused", carrier=name[:20], code=code)
    return JsonResponse(rest.error_body(code, sentence), status=status)
