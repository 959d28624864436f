"""The REST map. Each app lists its calls in its own api_urls."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

urlpatterns = [
    path("", include("catalog.api_urls")),
    path("", include("inventory.api_urls")),
    path("", include("cart.api_urls")),
    path("", include("checkout.api_urls")),
    path("", include("shop.accounts.api_urls")),
    path("schema/", SpectacularAPIView.as_view(), name="api_schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api_schema"), name="api_docs"),
]
