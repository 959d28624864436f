"""REST calls of the cart app."""

from django.urls import path

from cart import api

urlpatterns = [
    path("cart", api.CartResource.as_view(), name="api_cart"),
    path("cart/items", api.CartItems.as_view(), name="api_cart_items"),
    path("cart/items/<uuid:line_id>", api.CartItem.as_view(), name="api_cart_item"),
    path("cart/coupons", api.CartCoupons.as_view(), name="api_cart_coupons"),
    path("cart/coupons/<str:code>", api.CartCoupon.as_view(), name="api_cart_coupon"),
]
