"""Table of contents of the catalogue's tables; nobody imports through it."""

from catalog.imports.models import ImportedRow, ImportJob
from catalog.products.models import (
    Attribute,
    Brand,
    Category,
    Image,
    ListingPrice,
    OldSlug,
    Price,
    Product,
    ProductType,
    Seller,
    Variant,
)
from catalog.recommendations.models import (
    ContentVector,
    Demand,
    HandPicked,
    Learned,
    Neighbours,
    PastOrder,
    Profile,
    Trend,
    View,
)
from catalog.restock.models import RestockRequest
from catalog.reviews.models import Purchase, Review, ReviewPhoto, ReviewReport, ReviewVote
from catalog.search.models import Listing, Word

__all__ = [
    "Attribute",
    "Brand",
    "Category",
    "ContentVector",
    "Demand",
    "HandPicked",
    "Image",
    "ImportJob",
    "ImportedRow",
    "Learned",
    "Listing",
    "ListingPrice",
    "Neighbours",
    "OldSlug",
    "PastOrder",
    "Price",
    "Product",
    "ProductType",
    "Profile",
    "Purchase",
    "RestockRequest",
    "Review",
    "ReviewPhoto",
    "ReviewReport",
    "ReviewVote",
    "Seller",
    "Trend",
    "Variant",
    "View",
    "Word",
]
