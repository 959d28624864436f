"""Of which bundle an order line is a part."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('checkout', '0037_tax'),
    ]

    operations = [
        migrations.AddField(
            model_name='orderline',
            name='bundle',
            field=models.JSONField(blank=True, null=True),
        ),
    ]
