"""Customers in groups."""

import django.db.models.deletion
import shop.core.db
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('shop', '0004_surnames'),
    ]

    operations = [
        migrations.CreateModel(
            name='CustomerGroup',
            fields=[
                ('id', models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=80, unique=True, verbose_name='name')),
                ('code', models.SlugField(help_text='By which promotions name the group: trade.', max_length=40, unique=True, verbose_name='code')),
                ('price_list', models.SlugField(blank=True, help_text='Whose prices they pay where these are lower.', max_length=40, verbose_name='price list')),
            ],
            options={
                'verbose_name': 'customer group',
                'verbose_name_plural': 'customer groups',
                'ordering': ['name'],
            },
        ),
        migrations.AddField(
            model_name='user',
            name='customer_group',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='members', to='shop.customergroup', verbose_name='customer group'),
        ),
    ]
