from django.db import migrations, models
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Concat, Lower

from shop.core.partitions import AddIndexByPartition


def _name(part: str) -> KeyTextTransform:
    order = KeyTextTransform("0", KeyTextTransform("checkout_order", "content"))
    return KeyTextTransform(part, KeyTextTransform("shipping_address", order))


class Migration(migrations.Migration):
    """Archived orders by who they went to, from what is stored of them already. The planner learns of it at once."""

    atomic = False

    dependencies = [("checkout", "0028_lacking")]

    operations = [
        AddIndexByPartition(
            model_name="archivedorder",
            index=models.Index(
                Lower(_name("last_name")), models.OrderBy(models.F("id"), descending=True), name="archived_surname"
            ),
        ),
        AddIndexByPartition(
            model_name="archivedorder",
            index=models.Index(
                Lower(
                    Concat(_name("first_name"), models.Value(" ", output_field=models.TextField()), _name("last_name"))
                ),
                models.OrderBy(models.F("id"), descending=True),
                name="archived_recipient",
            ),
        ),
        migrations.RunSQL("ANALYZE checkout_archivedorder", migrations.RunSQL.noop),
    ]
