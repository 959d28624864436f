"""Pages of the cart app."""

from django.urls import path

from cart.carts import beside, choosing, live, several, views

urlpatterns = [
    path("currency/", choosing.choose, name="currency"),
    path("cart/", views.cart, name="cart"),
    path("cart/add/", views.add, name="cart_add"),
    path("cart/add-all/", several.add_all, name="cart_add_all"),
    path("cart/live/", live.cart_live, name="cart_live"),
    path("cart/claim/", views.claim, name="cart_claim"),
    path("cart/recommendations/", beside.recommendations, name="cart_recommendations"),
    path("cart/place/", views.place, name="cart_place"),
    path("cart/coupon/", views.coupon, name="cart_coupon"),
    path("cart/lines/<uuid:line_id>/", views.change, name="cart_line"),
    path("cart/lines/<uuid:line_id>/remove/", views.remove, name="cart_line_remove"),
]
