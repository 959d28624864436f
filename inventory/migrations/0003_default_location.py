from django.db import migrations

import shop.core.db


def create_default_location(apps, schema_editor):
    location = apps.get_model("inventory", "Location")
    location.objects.using(schema_editor.connection.alias).get_or_create(
        is_default=True,
        defaults={"id": shop.core.db.uuid7(), "code": "default", "name": "Main warehouse"},
    )


class Migration(migrations.Migration):
    dependencies = [("inventory", "0002_stock_actors")]

    operations = [migrations.RunPython(create_default_location, migrations.RunPython.noop)]
