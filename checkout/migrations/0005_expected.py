"""When units sold before they are there are expected."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("checkout", "0004_line")]

    operations = []
