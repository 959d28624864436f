"""Table of contents of the catalogue's admin pages; nobody imports through it."""

from catalog.products.admin import BrandAdmin, CategoryAdmin, ProductAdmin, ProductTypeAdmin, SellerAdmin
from catalog.products.bundle_admin import BundleAdmin
from catalog.products.price_admin import PriceAdmin
from catalog.restock.admin import RestockRequestAdmin
from catalog.reviews.admin import ReviewAdmin
from catalog.search.admin import CurationAdmin, RankingAdmin, SearchedAdmin, StopWordAdmin, SynonymAdmin
from catalog.translations.admin import TermAdmin

__all__ = [
    "BrandAdmin",
    "BundleAdmin",
    "CategoryAdmin",
    "CurationAdmin",
    "PriceAdmin",
    "ProductAdmin",
    "ProductTypeAdmin",
    "RankingAdmin",
    "RestockRequestAdmin",
    "ReviewAdmin",
    "SearchedAdmin",
    "SellerAdmin",
    "StopWordAdmin",
    "SynonymAdmin",
    "TermAdmin",
]
