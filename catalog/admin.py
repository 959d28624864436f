"""Table of contents of the catalogue's admin pages; nobody imports through it."""

from catalog.products.admin import BrandAdmin, CategoryAdmin, ProductAdmin, ProductTypeAdmin, SellerAdmin
from catalog.restock.admin import RestockRequestAdmin
from catalog.reviews.admin import ReviewAdmin

__all__ = [
    "BrandAdmin",
    "CategoryAdmin",
    "ProductAdmin",
    "ProductTypeAdmin",
    "RestockRequestAdmin",
    "ReviewAdmin",
    "SellerAdmin",
]
