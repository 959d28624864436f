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
from catalog.search.models import Lexeme, Listing, Ranking, StopWord, Synonym, Word

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
    "Lexeme",
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
    "Ranking",
    "RestockRequest",
    "Review",
    "ReviewPhoto",
    "ReviewReport",
    "ReviewVote",
    "Seller",
    "StopWord",
    "Synonym",
    "Trend",
    "Variant",
    "View",
    "Word",
]
