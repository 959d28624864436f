import django.db.models.functions
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """What the list of store credit is filtered by."""

    atomic = False

    dependencies = [("checkout", "0026_let_go")]

    operations = [
        AddIndexConcurrently(
            model_name="creditaccount",
            index=models.Index(
                models.F("currency"), models.OrderBy(models.F("id"), descending=True), name="credit_account_currency"
            ),
        ),
        migrations.AlterField(
            model_name="creditaccount",
            name="created_at",
            field=models.DateTimeField(db_default=django.db.models.functions.Now(), verbose_name="since"),
        ),
        migrations.AlterField(
            model_name="creditaccount",
            name="updated_at",
            field=models.DateTimeField(db_default=django.db.models.functions.Now(), verbose_name="changed"),
        ),
    ]
