from django.db import migrations

# Orders of before `secured_minor` was kept: what was captured, less what is on its way back, counted for them so far.
FILL = """
    UPDATE checkout_order "order"
    SET secured_minor = captured_minor - COALESCE(
        (SELECT SUM(amount_minor) FROM checkout_refund WHERE order_id = "order".id AND status = 'requested'), 0
    )
    WHERE secured_minor = 0 AND captured_minor > 0
"""


class Migration(migrations.Migration):
    dependencies = [("checkout", "0016_parcel_look_ups")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
