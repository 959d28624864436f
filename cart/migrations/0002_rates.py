"""First delivery methods and tax rates, so that a new shop can sell; a merchant changes them in the admin.

Rates: the United States' statewide general sales tax rates of the ten most populous states with one, as published
by their revenue departments for 2025; local rates are the merchant's to add.
"""

from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db import migrations

STATE_RATES = {
    "CA": ("California sales tax", "0.07250"),
    "TX": ("Texas sales tax", "0.06250"),
    "FL": ("Florida sales tax", "0.06000"),
    "NY": ("New York sales tax", "0.04000"),
    "PA": ("Pennsylvania sales tax", "0.06000"),
    "IL": ("Illinois sales tax", "0.06250"),
    "OH": ("Ohio sales tax", "0.05750"),
    "GA": ("Georgia sales tax", "0.04000"),
    "NC": ("North Carolina sales tax", "0.04750"),
    "MI": ("Michigan sales tax", "0.06000"),
}
METHODS = (
    # code, name, countries, price, free from, days, position
    ("standard", "Standard delivery", ["US"], 599, 5000, 3, 5, 1),
    ("express", "Express delivery", ["US"], 1499, None, 1, 2, 2),
    ("international", "International delivery", [], 1999, 20000, 6, 12, 3),
)


def add(apps, schema_editor):
    if schema_editor.connection.alias != "default":
        return
    tax_rate, method = apps.get_model("cart", "TaxRate"), apps.get_model("cart", "ShippingMethod")
    for state, (name, rate) in STATE_RATES.items():
        tax_rate.objects.create(name=name, country="US", state=state, rate=Decimal(rate), valid_from=date(2025, 1, 1))
    for code, name, countries, price, free_from, low, high, position in METHODS:
        method.objects.create(
            code=code,
            name=name,
            countries=countries,
            currency=settings.DEFAULT_CURRENCY,
            price_minor=price,
            free_from_minor=free_from,
            min_days=low,
            max_days=high,
            position=position,
        )


class Migration(migrations.Migration):
    dependencies = [("cart", "0001_initial")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
