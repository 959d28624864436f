"""When units sold before they are there are expected."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("checkout", "0004_line")]

    operations = [
        migrations.AddField(
            model_name="orderline",
            name="expected_on",
            field=models.DateField(blank=True, null=True),
        ),
    ]
