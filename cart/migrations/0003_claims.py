"""Units that were held for the owner of a cart."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cart", "0002_rates")]

    operations = []
