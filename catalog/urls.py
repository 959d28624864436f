"""Pages of the catalog app."""

from django.urls import URLPattern, URLResolver, path

from catalog.products import live
from catalog.products import views as products
from catalog.recommendations import views as recommendations
from catalog.restock import views as restock
from catalog.reviews import views as reviews
from catalog.search import views as search

urlpatterns: list[URLPattern | URLResolver] = [
    path("products/", search.product_list, name="product_list"),
    path("products/<slug:slug>/", products.product_detail, name="product_detail"),
    path("products/<slug:slug>/live/", live.product_live, name="product_live"),
    path("products/<slug:slug>/options/", products.product_options, name="product_options"),
    path("products/<slug:slug>/reviews/", reviews.product_reviews, name="product_reviews"),
    path("products/<slug:slug>/reviews/write/", reviews.write, name="review_write"),
    path("reviews/<uuid:review_id>/helpful/", reviews.helpful, name="review_helpful"),
    path("reviews/<uuid:review_id>/report/", reviews.report, name="review_report"),
    path(
        "products/<slug:slug>/recommendations/", recommendations.product_recommendations, name="product_recommendations"
    ),
    path("products/<slug:slug>/seen/", recommendations.product_seen, name="product_seen"),
    path("products/<slug:slug>/restock/", restock.ask, name="restock_ask"),
    path("products/<slug:slug>/restock/asked/", restock.asked, name="restock_asked"),
    path("restock/<str:token>/", restock.place, name="restock_place"),
    path("restock/<str:token>/leave/", restock.leave, name="restock_leave"),
    path("recommendations/", recommendations.recommendations, name="recommendations"),
    path("categories/<path:path>/", search.category, name="category"),
    path("brands/<slug:slug>/", search.brand, name="brand"),
    path("search/suggest/", search.search_suggest, name="search_suggest"),
]
