"""The money ledger, captures, disputes and reconciliation."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("checkout", "0001_initial")]

    operations = []
