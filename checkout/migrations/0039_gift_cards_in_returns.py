"""Gift cards that cannot be spent as long as their unit is being returned."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('checkout', '0038_bundles'),
    ]

    operations = [
        migrations.AddField(
            model_name='giftcard',
            name='blocked_for',
            field=models.UUIDField(blank=True, null=True),
        ),
    ]
