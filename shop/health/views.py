"""The doors for load balancers, orchestrators and Prometheus."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from shop.health import checks, gauges


@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Everything the shop cannot do without answers: 200, else 503. Each dependency with its milliseconds."""
    results = checks.dependencies()
    is_ready = all(result.is_ok for result in results if result.is_essential)
    body = {
        "status": "ok" if is_ready else "unavailable",
        "dependencies": {
            result.name: {"status": "ok" if result.is_ok else "down", "ms": result.milliseconds} for result in results
        },
    }
    return JsonResponse(body, status=200 if is_ready else 503)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For Prometheus, on the machine itself or with the token; 404 for the public."""
    token = settings.METRICS_TOKEN
    is_local = request.META.get("REMOTE_ADDR") in {"127.0.0.1", "::1"} and "X-Forwarded-For" not in request.headers
    has_token = bool(token) and request.headers.get("Authorization") == f"Bearer {token}"
    if not (is_local or has_token):
        return HttpResponse(status=404)
    return HttpResponse(generate_latest() + gauges.text(), content_type=CONTENT_TYPE_LATEST)
