from typing import Any

from django.db import migrations, router

# As `fulfilment.note_state` has it since the parcels of a cancelled order are given up.
MEND = """
    UPDATE checkout_order SET fulfilment_state = 'unfulfilled', to_pick = 0
    WHERE id IN (
        SELECT id FROM checkout_order "order"
        WHERE fulfilment_state = 'picked' AND status IN ('cancelled', 'refunded') AND NOT EXISTS (
            SELECT 1 FROM checkout_shipment WHERE order_id = "order".id AND status <> 'cancelled'
        )
        ORDER BY id LIMIT 1000
    )
"""


def mend(apps: Any, schema_editor: Any) -> None:
    """A thousand orders at a time, each time in a transaction of their own; few are picked, and an index has these."""
    if not router.allow_migrate(schema_editor.connection.alias, "checkout", model_name="order"):
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(MEND)
        while cursor.rowcount:
            cursor.execute(MEND)


class Migration(migrations.Migration):
    """Orders that were cancelled after packing, long ago, do not say any more that they are picked."""

    atomic = False

    dependencies = [("checkout", "0029_archived_names")]

    operations = [migrations.RunPython(mend, migrations.RunPython.noop)]
