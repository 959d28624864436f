from django.db import migrations, models

# What returns of before kept of delivery, as their rows say; no more than a line still has, where a change has since
# given some of it back after all.
FILL = """
    UPDATE checkout_orderline line
    SET kept_shipping_minor = LEAST(kept.shipping, line.shipping_minor - line.returned_shipping_minor),
        kept_tax_minor = LEAST(kept.tax, line.tax_minor - line.returned_tax_minor),
        kept_included_tax_minor = LEAST(kept.included, line.included_tax_minor - line.returned_included_tax_minor)
    FROM (
        SELECT order_line_id, SUM(delivery_minor) AS shipping, SUM(delivery_tax_minor) AS tax,
               SUM(delivery_included_tax_minor) AS included
        FROM checkout_reimbursedline WHERE keeps_delivery GROUP BY order_line_id
    ) kept
    WHERE kept.order_line_id = line.id
"""


class Migration(migrations.Migration):
    dependencies = [("checkout", "0018_refund_replaced")]

    operations = [
        *(
            migrations.AddField(model_name="orderline", name=name, field=models.BigIntegerField(db_default=0))
            for name in ("kept_shipping_minor", "kept_tax_minor", "kept_included_tax_minor")
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
