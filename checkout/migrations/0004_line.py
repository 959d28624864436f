"""The waiting line of the checkout."""

import checkout.purchase.models
import django.core.serializers.json
import django.db.models.functions.datetime
import shop.core.db
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("checkout", "0003_ways_to_pay")]

    operations = [
        migrations.RunSQL("CREATE SEQUENCE checkout_line_number AS bigint", "DROP SEQUENCE checkout_line_number"),
        migrations.CreateModel(
            name='QueuedOrder',
            fields=[
                ('id', models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ('number', models.BigIntegerField(db_default=checkout.purchase.models.NextNumber(), unique=True, verbose_name='number')),
                ('token', models.CharField(default=checkout.purchase.models.new_key, max_length=64, unique=True)),
                ('key', models.CharField(max_length=255, unique=True)),
                ('cart_id', models.UUIDField()),
                ('cart_version', models.PositiveIntegerField()),
                ('wish', models.JSONField(blank=True, default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ('actor', models.CharField(max_length=80)),
                ('status', models.CharField(choices=[('waiting', 'waiting'), ('working', 'being placed'), ('placed', 'placed'), ('refused', 'refused')], default='waiting', max_length=10, verbose_name='status')),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('order_id', models.UUIDField(blank=True, null=True)),
                ('code', models.CharField(blank=True, max_length=40, verbose_name='refused because')),
                ('message', models.CharField(blank=True, max_length=1000)),
                ('facts', models.JSONField(blank=True, default=dict)),
                ('joined_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='joined')),
                ('started_at', models.DateTimeField(blank=True, null=True, verbose_name='started')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended')),
            ],
            options={
                'verbose_name': 'order in line',
                'verbose_name_plural': 'orders in line',
                'indexes': [models.Index(models.F('number'), condition=models.Q(('status__in', ['waiting', 'working'])), name='queued_order_open'), models.Index(models.F('started_at'), condition=models.Q(('started_at__isnull', False)), name='queued_order_started')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('status__in', ['waiting', 'working'])), models.Q(('ended_at__isnull', False), ('status__in', ['placed', 'refused'])), _connector='OR'), name='queued_order_ended'), models.CheckConstraint(condition=models.Q(models.Q(('order_id__isnull', False), ('status', 'placed')), models.Q(('status', 'placed'), _negated=True), _connector='OR'), name='queued_order_placed')],
            },
        ),
    ]
