import django.db.models.deletion
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

ONCE = """
    CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS redemption_promotion_once ON cart_redemption (promotion_id, order_id)
"""
NOT_ONCE = "DROP INDEX CONCURRENTLY IF EXISTS redemption_promotion_once"
# Processes of before read and write these columns while the shop is updated; a later release drops them.
MAY_BE_EMPTY = "; ".join(
    f"ALTER TABLE cart_coupon ALTER COLUMN {name} DROP NOT NULL" for name in ("name", "kind", "currency", "minimum_minor")
)
GONE = ["amount_minor", "currency", "ends_at", "kind", "minimum_minor", "name", "percent", "starts_at"]


class Migration(migrations.Migration):
    """What a coupon takes off is its promotion's affair."""

    atomic = False

    dependencies = [("cart", "0006_coupons_as_promotions")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(MAY_BE_EMPTY, migrations.RunSQL.noop)],
            state_operations=[
                migrations.RemoveConstraint(model_name="coupon", name="coupon_shape"),
                *(migrations.RemoveField(model_name="coupon", name=name) for name in GONE),
            ],
        ),
        migrations.AlterField(
            model_name="redemption",
            name="coupon",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="redemptions",
                to="cart.coupon",
            ),
        ),
        AddIndexConcurrently(
            model_name="redemption",
            index=models.Index(models.F("order_id"), name="redemption_order"),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(ONCE, NOT_ONCE)],
            state_operations=[
                migrations.AddConstraint(
                    model_name="redemption",
                    constraint=models.UniqueConstraint(
                        models.F("promotion"), models.F("order_id"), name="redemption_promotion_once"
                    ),
                ),
            ],
        ),
    ]
