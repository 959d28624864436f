from django.db import migrations, models


class Migration(migrations.Migration):
    """Units held for a change of an order are sold to the order."""

    dependencies = [("inventory", "0006_reserve")]

    operations = [
        migrations.AddField(
            model_name="reservation",
            name="sold_to",
            field=models.UUIDField(blank=True, null=True),
        ),
    ]
