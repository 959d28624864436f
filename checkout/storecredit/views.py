"""A customer's own page of store credit."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from checkout.storecredit import selectors


@never_cache
@require_safe
@login_required
def credit(request: HttpRequest) -> HttpResponse:
    """GET /account/credit/: balances, and what changed them."""
    customer_id = UUID(str(request.user.pk))
    context = {"accounts": selectors.accounts_of(customer_id), "entries": selectors.history(customer_id)}
    return render(request, "account/credit.html", context)
