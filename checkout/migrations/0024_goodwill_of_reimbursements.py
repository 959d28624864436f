from django.db import migrations, models


class Migration(migrations.Migration):
    """How much of what came back had been given back before, as goodwill."""

    dependencies = [
        ("checkout", "0023_order_names"),
    ]

    operations = [
        migrations.AddField(
            model_name="reimbursement",
            name="goodwill_minor",
            field=models.BigIntegerField(null=True),
        ),
    ]
