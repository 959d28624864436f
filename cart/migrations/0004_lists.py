from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """What the list of carts is filtered and searched by."""

    atomic = False

    dependencies = [("cart", "0003_claims")]

    operations = [
        AddIndexConcurrently(
            model_name="cart",
            index=models.Index(
                models.F("status"), models.OrderBy(models.F("id"), descending=True), name="cart_status"
            ),
        ),
        AddIndexConcurrently(
            model_name="cart",
            index=models.Index(
                models.F("customer_id"),
                condition=models.Q(("customer_id__isnull", False)),
                name="cart_customer",
            ),
        ),
    ]
