from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Concat, Lower


class Migration(migrations.Migration):
    """Orders by who they go to. What the planner is to know of these names it learns at once, not some day."""

    atomic = False

    dependencies = [
        ("checkout", "0022_printed_slips"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="order",
            index=models.Index(
                Lower(KeyTextTransform("last_name", "shipping_address")),
                models.OrderBy(models.F("id"), descending=True),
                name="order_surname",
            ),
        ),
        AddIndexConcurrently(
            model_name="order",
            index=models.Index(
                Lower(
                    Concat(
                        KeyTextTransform("first_name", "shipping_address"),
                        models.Value(" ", output_field=models.TextField()),
                        KeyTextTransform("last_name", "shipping_address"),
                    )
                ),
                models.OrderBy(models.F("id"), descending=True),
                name="order_recipient",
            ),
        ),
        migrations.RunSQL("ANALYZE checkout_order", migrations.RunSQL.noop),
    ]
