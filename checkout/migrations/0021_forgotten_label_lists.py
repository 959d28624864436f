from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """The list of forgotten labels by what became of them."""

    atomic = False

    dependencies = [
        ("checkout", "0020_forgotten_labels"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="forgottenlabel",
            index=models.Index(models.F("status"), models.OrderBy(models.F("id"), descending=True), name="forgotten_label_state"),
        ),
    ]
