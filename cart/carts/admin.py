"""Carts in the admin: to look at, never to change."""

from __future__ import annotations

from django.contrib import admin
from unfold.admin import TabularInline

from cart.carts.models import Cart, CartLine
from shop.core.admin import ReadOnlyAdmin


class CartLineInline(TabularInline):  # type: ignore[misc]
    model = CartLine
    extra = 0
    can_delete = False
    fields = readonly_fields = ["sku", "name", "quantity", "unit_price_minor", "currency"]

    def has_add_permission(self, request: object, obj: object = None) -> bool:
        return False


@admin.register(Cart)
class CartAdmin(ReadOnlyAdmin):
    """Without the token: whoever knows it holds the cart."""

    list_display = ["id", "status", "customer_id", "currency", "version", "updated_at", "expires_at"]
    list_filter = ["status"]
    search_fields = ["=id", "=customer_id"]
    fields = [
        "id",
        "status",
        "customer_id",
        "version",
        "currency",
        "language",
        "coupons",
        "created_at",
        "updated_at",
        "expires_at",
    ]
    inlines = [CartLineInline]
