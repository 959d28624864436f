"""Suppliers, purchase orders, and the signed feeds of warehouses."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("inventory", "0003_stock_desk")]

    operations = []
