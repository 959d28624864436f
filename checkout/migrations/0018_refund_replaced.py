from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("checkout", "0017_secured")]

    operations = [
        migrations.AlterField(
            model_name="refund",
            name="status",
            field=models.CharField(
                choices=[
                    ("requested", "requested"),
                    ("done", "done"),
                    ("failed", "failed"),
                    ("replaced", "failed, not owed any more"),
                ],
                default="requested",
                max_length=10,
            ),
        ),
    ]
