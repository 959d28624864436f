"""The first location, so that a new shop can book stock."""

from django.db import migrations

import shop.core.db


def create_default_location(apps, schema_editor):
    Location = apps.get_model("inventory", "Location")
    Location.objects.using(schema_editor.connection.alias).get_or_create(
        is_default=True,
        defaults={"id": shop.core.db.uuid7(), "code": "default", "name": "Main warehouse"},
    )


class Migration(migrations.Migration):
    dependencies = [("inventory", "0001_initial")]

    operations = [migrations.RunPython(create_default_location, migrations.RunPython.noop)]
