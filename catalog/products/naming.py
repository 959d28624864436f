"""Texts that stand for a name, or have it: what the merchant is told of them. Where one is empty, it is the name."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.products.models import Image, Product


def title_help(title: str, name: str) -> str:
    """What is said beside the SEO title of something that is called `name`."""
    if title and not _has(title, name):
        return _("“%(name)s” is not in it. Empty: made of the name.") % {"name": name}
    return _("Empty: made of the name.")


def alt_note(alt: str, name: str) -> str:
    """What is said beside the alternative text of a picture of the product `name`."""
    if not alt:
        return _("the product's name")
    return "" if _has(alt, name) else _("without the product's name")


def left_behind(product_id: UUID, *, before: str) -> str:
    """Which texts of a product still have the name that it had `before`, in words; empty for none. Two queries."""
    product = Product.objects.only("name", "seo_title").get(pk=product_id)

    def is_old(text: str) -> bool:
        return _has(text, before) and not _has(text, product.name)

    alts = sum(map(is_old, Image.objects.filter(product_id=product_id).values_list("alt", flat=True)))
    told = [_("SEO title")] if is_old(product.seo_title) else []
    told += [
        ngettext("alternative text of %(n)d picture", "alternative texts of %(n)d pictures", alts) % {"n": alts}
    ] * (alts > 0)
    return ", ".join(told)


def _has(text: str, name: str) -> bool:
    return bool(name) and name.casefold() in text.casefold()
