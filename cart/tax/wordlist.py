"""Which words of taxes are translated."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from cart.tax.models import TaxRate


def in_use() -> list[str]:
    """The names of rates that count, or will."""
    rows = TaxRate.objects.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=timezone.localdate()))
    return list(rows.order_by("name").values_list("name", flat=True).distinct())
