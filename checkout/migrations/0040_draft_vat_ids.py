"""The VAT id of whom a draft is for."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('checkout', '0039_gift_cards_in_returns'),
    ]

    operations = [
        migrations.AddField(
            model_name='draft',
            name='vat_id',
            field=models.CharField(blank=True, db_default='', max_length=20, verbose_name='VAT id'),
        ),
    ]
