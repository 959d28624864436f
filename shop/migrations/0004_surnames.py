import django.db.models.functions
from django.contrib.postgres.indexes import OpClass
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """People are found by how their surname begins."""

    atomic = False

    dependencies = [("shop", "0003_lists")]

    operations = [
        AddIndexConcurrently(
            model_name="user",
            index=models.Index(
                OpClass(django.db.models.functions.Lower("last_name"), name="text_pattern_ops"), name="user_surname"
            ),
        ),
    ]
