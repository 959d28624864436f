"""The waiting line of the checkout."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("checkout", "0003_ways_to_pay")]

    operations = []
