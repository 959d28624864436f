"""Payments' later idempotency keys, refunds as store credit, and store credit in the ledger."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("checkout", "0005_expected")]

    operations = [
        migrations.AddField(
            model_name="payment",
            name="key_number",
            field=models.PositiveSmallIntegerField(db_default=1),
        ),
        migrations.AddField(model_name="payment", name="answer_due_at", field=models.DateTimeField(null=True)),
        migrations.AddField(
            model_name="payment",
            name="credited_minor",
            field=models.BigIntegerField(db_default=0),
        ),
        migrations.AlterField(model_name="ledgerentry", name="order_id", field=models.UUIDField(null=True)),
        migrations.AlterField(model_name="ledgerentry", name="payment_id", field=models.UUIDField(null=True)),
    ]
