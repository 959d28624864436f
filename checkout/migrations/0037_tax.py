from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('checkout', '0036_simulations'),
    ]

    operations = [
        migrations.AddField(
            model_name='checkoutdetails',
            name='vat_id',
            field=models.CharField(blank=True, db_default='', max_length=20),
        ),
        migrations.AddField(
            model_name='order',
            name='tax_facts',
            field=models.JSONField(db_default={}, default=dict),
        ),
    ]
