from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models.expressions import CombinedExpression


class Migration(migrations.Migration):
    """Orders that somebody has to pay for: what is held or promised is not to be asked for."""

    atomic = False

    dependencies = [("checkout", "0027_credit_accounts")]

    operations = [
        AddIndexConcurrently(
            model_name="order",
            index=models.Index(
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(
                    models.Q(
                        ("status__in", ["pending", "payment_pending", "payment_review", "cancelled", "refunded"]),
                        _negated=True,
                    ),
                    (
                        "secured_minor__lt",
                        CombinedExpression(
                            CombinedExpression(models.F("total_minor"), "-", models.F("allowed_minor")),
                            "+",
                            models.F("refunded_minor"),
                        ),
                    ),
                ),
                name="order_lacking",
            ),
        ),
        RemoveIndexConcurrently(model_name="order", name="order_to_pay"),
    ]
