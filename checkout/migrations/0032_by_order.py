from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Refunds and reimbursements are looked for by their order, under its lock too."""

    atomic = False

    dependencies = [("checkout", "0031_causes")]

    operations = [
        AddIndexConcurrently(
            model_name="refund",
            index=models.Index(models.F("order_id"), name="refund_order"),
        ),
        AddIndexConcurrently(
            model_name="reimbursement",
            index=models.Index(models.F("order_id"), name="reimbursement_order"),
        ),
    ]
