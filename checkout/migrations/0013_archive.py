import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.functions.datetime
from django.db import migrations, models

import shop.core.db
from shop.core.partitions import PartitionByMonth

STATUSES = [
    ('pending', 'Pending'), ('payment_pending', 'Payment Pending'), ('payment_review', 'Under Review'),
    ('payment_confirmed', 'Payment Confirmed'), ('processing', 'Processing'), ('ready_to_ship', 'Ready to Ship'),
    ('shipped', 'Shipped'), ('delivered', 'Delivered'), ('cancelled', 'Cancelled'), ('refunded', 'Refunded'),
    ('returned', 'Returned'),
]


class Migration(migrations.Migration):

    dependencies = [
        ('checkout', '0012_desk'),
    ]

    operations = [
        migrations.CreateModel(
            name='ArchivedOrder',
            fields=[
                ('id', models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ('number', models.CharField(max_length=20, verbose_name='number')),
                ('status', models.CharField(choices=STATUSES, max_length=20, verbose_name='status')),
                ('customer_id', models.UUIDField(null=True, verbose_name='customer')),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail')),
                ('cart_id', models.UUIDField(null=True)),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('total_minor', models.BigIntegerField(verbose_name='total')),
                ('placed_at', models.DateTimeField(verbose_name='placed')),
                ('archived_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='archived')),
                ('payment_references', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=255), default=list, size=None)),
                ('content', models.JSONField()),
            ],
            options={
                'verbose_name': 'archived order',
                'verbose_name_plural': 'archived orders',
                'ordering': ['-id'],
                'default_permissions': ['view'],
                'indexes': [models.Index(django.contrib.postgres.indexes.OpClass('number', name='varchar_pattern_ops'), name='archived_number'), models.Index(django.contrib.postgres.indexes.OpClass('email', name='varchar_pattern_ops'), models.OrderBy(models.F('id'), descending=True), name='archived_email'), models.Index(models.F('customer_id'), models.OrderBy(models.F('id'), descending=True), name='archived_customer'), django.contrib.postgres.indexes.GinIndex(fields=['payment_references'], name='archived_payment')],
            },
        ),
        PartitionByMonth('ArchivedOrder'),
    ]
