from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    """A code that only looks like a coupon's is found as fast as its own."""

    atomic = False

    dependencies = [("cart", "0012_sentences_of_constraints")]

    operations = [
        AddIndexConcurrently(
            model_name="coupon",
            index=models.Index(
                models.Func(Upper("code"), models.Value("OIL"), models.Value("011"), function="TRANSLATE"),
                name="coupon_alike",
            ),
        ),
    ]
