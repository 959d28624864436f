from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Who is in a group is found without reading everybody."""

    atomic = False

    dependencies = [("shop", "0005_customer_groups")]

    operations = [
        AddIndexConcurrently(
            model_name="user",
            index=models.Index(
                models.F("customer_group"),
                condition=models.Q(("customer_group__isnull", False)),
                name="user_customer_group",
            ),
        ),
    ]
