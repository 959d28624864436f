"""The page that stops e-mails of a kind, and starts them again."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from shop.core import requests
from shop.notifications import optout


@csrf_exempt  # mail programs post here by themselves (RFC 8058); the signature in the address is the proof
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks, POST stops; with `resume` it starts them again."""
    wish = optout.wish(token)
    if wish is None:
        raise Http404
    if request.method == "POST":
        command = optout.resume if "resume" in request.POST else optout.stop
        command(wish, by=requests.actor(request))
    context = {"topic": wish.topic, "is_stopped": optout.is_stopped(wish), "is_done": request.method == "POST"}
    return render(request, "emails_stop.html", context)
