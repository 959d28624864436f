"""Units that were held for the owner of a cart."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cart", "0002_rates")]

    operations = [
        migrations.AddField(model_name="cartline", name="claim_id", field=models.UUIDField(blank=True, null=True)),
    ]
