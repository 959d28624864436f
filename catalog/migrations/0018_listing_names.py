from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    """By which a product is found whose whole name was typed."""

    atomic = False

    dependencies = [("catalog", "0017_translations")]

    operations = [
        AddIndexConcurrently(
            model_name="listing",
            index=models.Index(Upper("name"), name="listing_name", condition=models.Q(price_list="default")),
        ),
    ]
