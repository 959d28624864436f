"""REST calls of the catalog app."""

from django.urls import URLPattern, URLResolver, path

from catalog.api import reviews, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("products/", views.Products.as_view(), name="api_products"),
    path("products/search", views.ProductSearch.as_view(), name="api_product_search"),
    path("products/<str:product_id>", views.ProductDetail.as_view(), name="api_product"),
    path("products/<str:product_id>/inventory", views.ProductInventory.as_view(), name="api_product_inventory"),
    path(
        "products/<str:product_id>/recommendations", views.ProductRecommendations.as_view(), name="api_recommendations"
    ),
    path("products/<str:product_id>/reviews", reviews.ProductReviews.as_view(), name="api_product_reviews"),
    path("reviews/<uuid:review_id>", reviews.OwnReview.as_view(), name="api_review"),
    path("reviews/<uuid:review_id>/helpful", reviews.ReviewHelpful.as_view(), name="api_review_helpful"),
    path("reviews/<uuid:review_id>/reports", reviews.ReviewReports.as_view(), name="api_review_reports"),
    path("categories/", views.Categories.as_view(), name="api_categories"),
]
