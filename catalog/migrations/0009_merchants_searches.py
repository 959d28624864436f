"""What the merchant says of single searches, and what is searched for."""

import django.contrib.postgres.indexes
import django.db.models.deletion
import shop.core.db
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0008_search_look_ups'),
    ]

    operations = [
        migrations.CreateModel(
            name='Curation',
            fields=[
                ('id', models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ('words', models.CharField(help_text='In any order, singular or plural', max_length=200, verbose_name='search')),
                ('key', models.CharField(editable=False, max_length=200, unique=True)),
                ('redirect_url', models.CharField(blank=True, help_text='A page of this shop, such as /categories/sale/', max_length=300, verbose_name='leads to')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
            ],
            options={
                'verbose_name': 'curated search',
                'verbose_name_plural': 'curated searches',
                'ordering': ['words'],
            },
        ),
        migrations.CreateModel(
            name='Searched',
            fields=[
                ('id', models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ('day', models.DateField(verbose_name='day')),
                ('text', models.CharField(max_length=200, verbose_name='search')),
                ('searches', models.PositiveIntegerField(default=0, verbose_name='searches')),
                ('without_results', models.PositiveIntegerField(default=0, verbose_name='without results')),
                ('clicks', models.PositiveIntegerField(default=0, verbose_name='products opened')),
            ],
            options={
                'verbose_name': 'search',
                'verbose_name_plural': 'searches',
                'indexes': [models.Index(django.contrib.postgres.indexes.OpClass(models.F('text'), name='varchar_pattern_ops'), name='searched_beginning')],
                'constraints': [models.UniqueConstraint(models.F('day'), models.F('text'), name='searched_once_a_day')],
            },
        ),
        migrations.CreateModel(
            name='Pinned',
            fields=[
                ('id', models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ('place', models.PositiveSmallIntegerField(default=1, verbose_name='place')),
                ('is_buried', models.BooleanField(default=False, verbose_name='last instead of first')),
                ('curation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pins', to='catalog.curation')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalog.product', verbose_name='product')),
            ],
            options={
                'verbose_name': 'product',
                'verbose_name_plural': 'products',
                'ordering': ['is_buried', 'place', 'id'],
                'constraints': [models.UniqueConstraint(models.F('curation'), models.F('product'), name='pinned_once')],
            },
        ),
    ]
