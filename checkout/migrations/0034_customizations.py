"""What was wanted of the units of an order line."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('checkout', '0033_hold_steps'),
    ]

    operations = [
        migrations.AddField(
            model_name='orderline',
            name='customizations',
            field=models.JSONField(db_default=[], default=list),
        ),
    ]
