"""What the merchant's desk keeps: notes on orders, drafts of orders, and until when units were promised."""

import checkout.drafts.models
import checkout.purchase.models
import django.db.models.deletion
import django.db.models.functions.datetime
import shop.core.db
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("checkout", "0011_returns")]

    operations = [
        migrations.RunSQL("CREATE SEQUENCE checkout_draft_number", "DROP SEQUENCE checkout_draft_number"),
        migrations.CreateModel(
            name='Draft',
            fields=[
                ('id', models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ('number', models.BigIntegerField(db_default=checkout.drafts.models.NextNumber(), unique=True, verbose_name='number')),
                ('cart_id', models.UUIDField(unique=True)),
                ('customer_id', models.UUIDField(blank=True, null=True, verbose_name='customer')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                ('shipping_address', models.JSONField(blank=True, default=dict, verbose_name='delivery address')),
                ('billing_address', models.JSONField(blank=True, default=dict, verbose_name='billing address')),
                ('delivery_option', models.CharField(blank=True, max_length=40, verbose_name='delivery')),
                ('po_number', models.CharField(blank=True, max_length=60, verbose_name='purchase order number')),
                ('gift_message', models.CharField(blank=True, max_length=500, verbose_name='gift message')),
                ('note', models.CharField(blank=True, max_length=2000, verbose_name='note')),
                ('key', models.CharField(default=checkout.purchase.models.new_key, max_length=64, unique=True)),
                ('order_id', models.UUIDField(blank=True, null=True, unique=True)),
                ('actor', models.CharField(max_length=80, verbose_name='by')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='made')),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='changed')),
                ('placed_at', models.DateTimeField(blank=True, null=True, verbose_name='placed')),
            ],
            options={
                'verbose_name': 'draft order',
                'verbose_name_plural': 'draft orders',
                'ordering': ['-id'],
                'default_permissions': ('view',),
            },
        ),
        migrations.CreateModel(
            name='OrderNote',
            fields=[
                ('id', models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ('text', models.CharField(max_length=2000, verbose_name='note')),
                ('is_shown_to_customer', models.BooleanField(default=False)),
                ('actor', models.CharField(max_length=80)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'verbose_name': 'note on an order',
                'verbose_name_plural': 'notes on orders',
                'ordering': ['id'],
            },
        ),
        migrations.AddField(
            model_name='order',
            name='pay_by',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name='draft',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('order_id__isnull', True), ('placed_at__isnull', True)), models.Q(('order_id__isnull', False), ('placed_at__isnull', False)), _connector='OR'), name='draft_placed'),
        ),
        migrations.AddField(
            model_name='ordernote',
            name='order',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notes', to='checkout.order'),
        ),
        migrations.AddField(
            model_name="checkoutdetails",
            name="gift_message",
            field=models.CharField(blank=True, db_default="", max_length=500),
        ),
        migrations.AddField(
            model_name="checkoutdetails",
            name="po_number",
            field=models.CharField(blank=True, db_default="", max_length=60),
        ),
    ]
