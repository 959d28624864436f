"""Who waits for units, in turn."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("inventory", "0004_suppliers")]

    operations = []
