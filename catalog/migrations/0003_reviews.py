import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import shop.core.db


class Migration(migrations.Migration):
    """Photos, votes, reports and replies."""

    dependencies = [("catalog", "0002_restock")]

    operations = [
        migrations.CreateModel(
            name='ReviewPhoto',
            fields=[
                ('id', models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=120)),
                ('width', models.PositiveIntegerField()),
                ('height', models.PositiveIntegerField()),
                ('position', models.PositiveSmallIntegerField()),
            ],
            options={
                'ordering': ['position', 'id'],
            },
        ),
        migrations.CreateModel(
            name='ReviewReport',
            fields=[
                ('id', models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ('customer_id', models.UUIDField()),
            ],
        ),
        migrations.CreateModel(
            name='ReviewVote',
            fields=[
                ('id', models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ('customer_id', models.UUIDField()),
            ],
        ),
        migrations.AddField(
            model_name='review',
            name='edited_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='review',
            name='helpful_count',
            field=models.PositiveIntegerField(db_default=0, verbose_name='helpful'),
        ),
        migrations.AddField(
            model_name='review',
            name='photo_count',
            field=models.PositiveSmallIntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name='review',
            name='reason',
            field=models.CharField(blank=True, db_default='', max_length=200, verbose_name='reason'),
        ),
        migrations.AddField(
            model_name='review',
            name='replied_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='review',
            name='reply',
            field=models.TextField(blank=True, db_default='', max_length=2000, verbose_name='reply'),
        ),
        migrations.AddField(
            model_name='review',
            name='report_count',
            field=models.PositiveIntegerField(db_default=0, verbose_name='reports'),
        ),
        migrations.AlterField(
            model_name='review',
            name='created_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='written'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(('photo_count__lte', 4)), name='review_photos'),
        ),
        migrations.AddField(
            model_name='reviewphoto',
            name='review',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='photos', to='catalog.review'),
        ),
        migrations.AddField(
            model_name='reviewreport',
            name='review',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reports', to='catalog.review'),
        ),
        migrations.AddField(
            model_name='reviewvote',
            name='review',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='votes', to='catalog.review'),
        ),
        migrations.AddIndex(
            model_name='reviewreport',
            index=models.Index(models.F('customer_id'), name='review_report_customer'),
        ),
        migrations.AddConstraint(
            model_name='reviewreport',
            constraint=models.UniqueConstraint(models.F('review'), models.F('customer_id'), name='review_report_once'),
        ),
        migrations.AddIndex(
            model_name='reviewvote',
            index=models.Index(models.F('customer_id'), name='review_vote_customer'),
        ),
        migrations.AddConstraint(
            model_name='reviewvote',
            constraint=models.UniqueConstraint(models.F('review'), models.F('customer_id'), name='review_vote_once'),
        ),
    ]
