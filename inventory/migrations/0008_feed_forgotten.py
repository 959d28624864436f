from django.db import migrations, models


class Migration(migrations.Migration):
    """Old messages of feeds are deleted: what they moved is kept as a sum."""

    dependencies = [("inventory", "0007_parts")]

    operations = [
        migrations.AddField(
            model_name="feed",
            name="forgotten_units",
            field=models.BigIntegerField(db_default=0, editable=False),
        ),
    ]
