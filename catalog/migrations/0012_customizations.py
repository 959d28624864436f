"""What products ask of who buys them."""

import django.db.models.deletion
import shop.core.db
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0011_narrow_listings'),
    ]

    operations = [
        migrations.CreateModel(
            name='CustomField',
            fields=[
                ('id', models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ('code', models.SlugField(max_length=40, verbose_name='code')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('kind', models.CharField(choices=[('text', 'text'), ('choice', 'choice'), ('boolean', 'yes or no')], default='text', max_length=10, verbose_name='kind')),
                ('help_text', models.CharField(blank=True, max_length=200, verbose_name='hint')),
                ('choices', models.JSONField(blank=True, default=list, verbose_name='choices')),
                ('max_length', models.PositiveSmallIntegerField(default=100, verbose_name='characters, at most')),
                ('is_required', models.BooleanField(default=False, verbose_name='required')),
                ('is_final_sale', models.BooleanField(default=False, verbose_name='no returns')),
                ('prices', models.JSONField(blank=True, default=dict, verbose_name='prices')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('product', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='custom_fields', to='catalog.product')),
                ('product_type', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='custom_fields', to='catalog.producttype')),
            ],
            options={
                'verbose_name': 'field to personalise',
                'verbose_name_plural': 'fields to personalise',
                'ordering': ['position', 'code'],
                'constraints': [models.UniqueConstraint(models.F('product_type'), models.F('code'), name='custom_field_once_in_type'), models.UniqueConstraint(models.F('product'), models.F('code'), name='custom_field_once_in_product'), models.CheckConstraint(condition=models.Q(models.Q(('product__isnull', True), ('product_type__isnull', False)), models.Q(('product__isnull', False), ('product_type__isnull', True)), _connector='OR'), name='custom_field_owner'), models.CheckConstraint(condition=models.Q(('max_length__gte', 1), ('max_length__lte', 500)), name='custom_field_length'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'choice'), _negated=True), models.Q(('choices', []), _negated=True), _connector='OR'), name='custom_field_choices')],
            },
        ),
    ]
