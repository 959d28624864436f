from django.db import migrations, models


class Migration(migrations.Migration):
    """A new column with a default, which the code before this one neither reads nor needs to write."""

    dependencies = [("checkout", "0041_currencies")]

    operations = [
        migrations.AddField(
            model_name="order",
            name="collection_place",
            field=models.JSONField(db_default={}, default=dict),
        ),
    ]
