"""What bundles consist of."""

import django.db.models.deletion
import shop.core.db
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0013_prices'),
    ]

    operations = [
        migrations.CreateModel(
            name='BundlePart',
            fields=[
                ('id', models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ('quantity', models.PositiveSmallIntegerField(default=1, verbose_name='units')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('bundle', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='catalog.variant')),
                ('component', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='part_of', to='catalog.variant')),
            ],
            options={
                'verbose_name': 'part',
                'verbose_name_plural': 'parts',
                'ordering': ['position', 'id'],
                'constraints': [models.UniqueConstraint(models.F('bundle'), models.F('component'), name='bundle_part_once'), models.CheckConstraint(condition=models.Q(('quantity__gte', 1), ('quantity__lte', 99)), name='bundle_part_quantity'), models.CheckConstraint(condition=models.Q(('bundle', models.F('component')), _negated=True), name='bundle_part_other')],
            },
        ),
    ]
