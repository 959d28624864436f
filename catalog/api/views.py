"""The calls themselves: address, method, who may, and the schema."""

from __future__ import annotations

from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import permissions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.api import reads, shapes, writes
from shop.core import rest


class StaffWrites(permissions.BasePermission):
    """Anyone may read; staff with the permission named for the method may write."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if request.method in permissions.SAFE_METHODS:
            return True
        needed: dict[str, str] = getattr(view, "needs", {})
        user = request.user
        return bool(user.is_authenticated and user.is_staff and user.has_perm(needed.get(str(request.method), "")))


def _page(name: str, key: str, item: Any, **more: Any) -> Any:
    whole = serializers.IntegerField
    return inline_serializer(name, {key: item, "total": whole(), "page": whole(), "limit": whole(), **more})


_FACET = serializers.ListField(child=serializers.DictField())
_ERROR = inline_serializer("Error", {"error": serializers.DictField()})


class Products(APIView):
    permission_classes = [StaffWrites]
    needs = {"POST": "catalog.add_product"}

    @extend_schema(
        operation_id="products_list",
        parameters=reads.FILTERS,
        responses={200: _page("ProductPage", "data", shapes.ProductBrief(many=True)), 400: _ERROR},
    )
    def get(self, request: Request) -> HttpResponseBase:
        return reads.product_list(request)

    @extend_schema(
        operation_id="products_create", request=shapes.ProductIn, responses={201: shapes.ProductOut, 400: _ERROR}
    )
    @rest.idempotent()
    def post(self, request: Request) -> Response:
        return writes.create(request)


class ProductSearch(APIView):
    permission_classes = [permissions.AllowAny]

    @extend_schema(
        operation_id="products_search",
        parameters=[OpenApiParameter("q", str), *reads.FILTERS],
        responses={
            200: _page(
                "ProductSearchPage",
                "products",
                shapes.ProductBrief(many=True),
                facets=inline_serializer(
                    "Facets",
                    {
                        "categories": _FACET,
                        "brands": _FACET,
                        "price_ranges": _FACET,
                        "ratings": _FACET,
                        "availability": _FACET,
                        "attribute_facets": _FACET,
                    },
                ),
                suggestion=serializers.CharField(allow_null=True),
                is_corrected=serializers.BooleanField(),
            ),
            400: _ERROR,
        },
    )
    def get(self, request: Request) -> HttpResponseBase:
        return reads.product_search(request)


class ProductDetail(APIView):
    permission_classes = [StaffWrites]
    needs = {"PATCH": "catalog.change_product", "DELETE": "catalog.delete_product"}

    @extend_schema(
        operation_id="products_read",
        parameters=[reads.FIELDS, reads.CURRENCY],
        responses={200: shapes.ProductOut, 404: _ERROR},
    )
    def get(self, request: Request, product_id: str) -> HttpResponseBase:
        is_staff = request.user.has_perm("catalog.view_product")
        return reads.product(request, product_id, is_staff=is_staff)

    @extend_schema(
        operation_id="products_change",
        request=shapes.ProductPatch,
        responses={200: shapes.ProductOut, 400: _ERROR, 404: _ERROR},
    )
    @rest.idempotent()
    def patch(self, request: Request, product_id: str) -> Response:
        return writes.change(request, product_id)

    @extend_schema(operation_id="products_archive", responses={204: None, 404: _ERROR})
    @rest.idempotent()
    def delete(self, request: Request, product_id: str) -> Response:
        return writes.archive(request, product_id)


class ProductInventory(APIView):
    permission_classes = [StaffWrites]
    needs = {"PUT": "inventory.change_stockitem"}

    @extend_schema(
        operation_id="products_inventory",
        request=shapes.StockIn,
        responses={200: inline_serializer("StockLevels", {"data": serializers.ListField()}), 400: _ERROR, 404: _ERROR},
    )
    @rest.idempotent()
    def put(self, request: Request, product_id: str) -> Response:
        return writes.set_stock(request, product_id)


class Categories(APIView):
    permission_classes = [permissions.AllowAny]

    @extend_schema(
        operation_id="categories_list",
        responses=inline_serializer(
            "CategoryList", {"data": shapes.CategoryRef(many=True), "total": serializers.IntegerField()}
        ),
    )
    def get(self, request: Request) -> HttpResponseBase:
        return reads.categories(request)


class ProductRecommendations(APIView):
    permission_classes = [permissions.AllowAny]

    @extend_schema(
        operation_id="products_recommendations",
        parameters=[OpenApiParameter("kind", str, enum=list(reads.KINDS)), reads.CURRENCY],
        responses={200: inline_serializer("Recommended", {"data": serializers.ListField()}), 404: _ERROR},
    )
    def get(self, request: Request, product_id: str) -> HttpResponseBase:
        return reads.recommendations(request, product_id)
