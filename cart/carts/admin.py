"""Carts in the admin: to look at, never to change."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import display

from cart.carts import selectors
from cart.carts.models import Cart, CartLine
from cart.promotions import trace
from shop.accounts import selectors as accounts
from shop.core.admin import KeysetAdmin, PeriodFilter, as_id
from shop.core.money import Money


class CartLineInline(TabularInline):  # type: ignore[misc]
    model = CartLine
    extra = 0
    can_delete = False
    fields = readonly_fields = ["sku", "name", "quantity", "price"]

    @display(description=_("price of one"))
    def price(self, line: CartLine) -> str:
        return Money(line.unit_price_minor, line.currency).format()

    def has_add_permission(self, request: object, obj: object = None) -> bool:
        return False


@admin.register(Cart)
class CartAdmin(KeysetAdmin):
    """Without the token: whoever knows it holds the cart."""

    list_display = ["id", "status", "customer_id", "currency", "version", "updated_at", "expires_at"]
    list_filter = ["status", PeriodFilter]
    search_fields = ["id", "customer_id"]
    search_help_text = _("The whole id of a cart or of a customer")
    fields = [
        "id",
        "status",
        "customer",
        "version",
        "currency",
        "language",
        "codes",
        "created_at",
        "updated_at",
        "expires_at",
        "promotions",
    ]
    readonly_fields = ["customer", "codes", "promotions"]
    inlines = [CartLineInline]

    @display(description=_("customer"))
    def customer(self, cart: Cart) -> str:
        if cart.customer_id is None:
            return gettext("a guest")
        email, name = accounts.customers([cart.customer_id]).get(cart.customer_id, ("", ""))
        return name or email or str(cart.customer_id)

    @display(description=_("coupons"))
    def codes(self, cart: Cart) -> str:
        return ", ".join(cart.coupons) or "–"

    @display(description=_("promotions, as of now"))
    def promotions(self, cart: Cart) -> str:
        """Each that was tried, what it takes off, or why not."""
        if cart.status != Cart.Status.OPEN:
            return ""
        outcome = selectors.view(cart, currency=cart.currency).quote.outcome
        return render_to_string("admin/cart/_tried.html", {"tried": trace.told(trace.facts(outcome), cart.currency)})

    class Media:
        css = {"all": ["css/admin-order.css"]}

    def find(self, request: HttpRequest, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        found = as_id(term)
        return queryset.filter(Q(pk=found) | Q(customer_id=found)) if found else queryset.none()
