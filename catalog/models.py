"""Table of contents of the catalogue's tables; nobody imports through it."""

from catalog.bundles.models import BundlePart
from catalog.customizations.models import CustomField
from catalog.imports.models import ImportedRow, ImportJob
from catalog.merchantfeed.models import MerchantFeed
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
from catalog.products.price_models import PriceRecord, PriceRule
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
from catalog.search.models import (
    Curation,
    Lexeme,
    Listing,
    ListingChange,
    Pinned,
    Ranking,
    Searched,
    StopWord,
    Synonym,
    Word,
)
from catalog.translations.models import BrandTranslation, CategoryTranslation, ProductTranslation, Term

__all__ = [
    "Attribute",
    "Brand",
    "BrandTranslation",
    "BundlePart",
    "Category",
    "CategoryTranslation",
    "ContentVector",
    "Curation",
    "CustomField",
    "Demand",
    "HandPicked",
    "Image",
    "ImportJob",
    "ImportedRow",
    "Learned",
    "Lexeme",
    "Listing",
    "ListingChange",
    "ListingPrice",
    "MerchantFeed",
    "Neighbours",
    "OldSlug",
    "PastOrder",
    "Pinned",
    "Price",
    "PriceRecord",
    "PriceRule",
    "Product",
    "ProductTranslation",
    "ProductType",
    "Profile",
    "Purchase",
    "Ranking",
    "RestockRequest",
    "Review",
    "ReviewPhoto",
    "ReviewReport",
    "ReviewVote",
    "Searched",
    "Seller",
    "StopWord",
    "Synonym",
    "Term",
    "Trend",
    "Variant",
    "View",
    "Word",
]
