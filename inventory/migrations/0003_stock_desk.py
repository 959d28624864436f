"""Allocation strategy, transfers, backorders and pre-orders with a date, alerts, nightly checks."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("inventory", "0002_default_location")]

    operations = []
