"""Each listing gets a version and the words by which it is found; what Elasticsearch is yet to hear of has a table."""

import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0009_merchants_searches'),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE catalog_listing_version AS bigint", "DROP SEQUENCE catalog_listing_version"
        ),
        migrations.AddField(
            model_name='listing',
            name='texts',
            field=models.JSONField(db_default={}, default=dict),
        ),
        migrations.AddField(
            model_name='listing',
            name='version',
            field=models.BigIntegerField(db_default=0),
        ),
        migrations.CreateModel(
            name='ListingChange',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('product_id', models.UUIDField()),
                ('currency', models.CharField(max_length=3)),
                ('price_list', models.CharField(max_length=40)),
                ('version', models.BigIntegerField()),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
    ]
