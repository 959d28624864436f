from django.db import migrations, models


class Migration(migrations.Migration):
    """What the slip that was printed last says is in a parcel."""

    dependencies = [("checkout", "0021_forgotten_label_lists")]

    operations = [
        migrations.AddField(
            model_name="shipment", name="printed", field=models.JSONField(blank=True, editable=False, null=True)
        ),
    ]
