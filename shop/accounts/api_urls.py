"""REST calls of accounts."""

from django.urls import path

from shop.accounts import api

urlpatterns = [
    path("auth/token", api.TokenView.as_view(), name="api_token"),
    path("auth/refresh", api.RefreshView.as_view(), name="api_refresh"),
]
