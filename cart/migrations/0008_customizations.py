"""Lines of a cart for the same variant with other customizations."""

from django.db import migrations, models

_ONCE = """
    CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS cart_line_once_each
    ON cart_cartline (cart_id, variant_id, customization_key)
"""


class Migration(migrations.Migration):
    atomic = False  # the index is built while shoppers shop

    dependencies = [("cart", "0007_coupons")]

    operations = [
        migrations.AddField(
            model_name="cartline",
            name="customizations",
            field=models.JSONField(blank=True, db_default={}, default=dict),
        ),
        migrations.AddField(
            model_name="cartline",
            name="customization_key",
            field=models.CharField(blank=True, db_default="", max_length=64),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(_ONCE, "DROP INDEX CONCURRENTLY IF EXISTS cart_line_once_each"),
            ],
            state_operations=[
                migrations.AddConstraint(
                    model_name="cartline",
                    constraint=models.UniqueConstraint(
                        models.F("cart"),
                        models.F("variant_id"),
                        models.F("customization_key"),
                        name="cart_line_once_each",
                    ),
                ),
            ],
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS cart_line_once", migrations.RunSQL.noop),
            ],
            state_operations=[migrations.RemoveConstraint(model_name="cartline", name="cart_line_once")],
        ),
    ]
