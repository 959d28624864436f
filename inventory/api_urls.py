"""REST calls of the inventory app."""

from django.urls import URLPattern, URLResolver, path

from inventory.feeds import webhooks

urlpatterns: list[URLPattern | URLResolver] = [
    path("stock/movements", webhooks.StockMovements.as_view(), name="api_stock_movements"),
]
