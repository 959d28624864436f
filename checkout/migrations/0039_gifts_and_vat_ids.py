"""Gift cards that cannot be spent as long as their unit is being returned, and those that are for somebody else; the
VAT id of whom a draft is for."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('checkout', '0038_bundles'),
    ]

    operations = [
        migrations.AddField(
            model_name='draft',
            name='vat_id',
            field=models.CharField(blank=True, db_default='', max_length=20, verbose_name='VAT id'),
        ),
        migrations.AddField(
            model_name='giftcard',
            name='blocked_for',
            field=models.UUIDField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='giftcard',
            name='mailed_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='sent'),
        ),
        migrations.AddField(
            model_name='giftcard',
            name='message',
            field=models.CharField(blank=True, db_default='', max_length=500, verbose_name='message'),
        ),
        migrations.AlterField(
            model_name='giftcard',
            name='recipient',
            field=models.EmailField(blank=True, max_length=254, verbose_name='goes to'),
        ),
        migrations.AddField(
            model_name='giftcard',
            name='recipient_name',
            field=models.CharField(blank=True, db_default='', max_length=100, verbose_name='for'),
        ),
        migrations.AddField(
            model_name='giftcard',
            name='send_on',
            field=models.DateField(blank=True, null=True, verbose_name='to be sent on'),
        ),
        migrations.AddField(
            model_name='giftcard',
            name='sender',
            field=models.EmailField(blank=True, db_default='', max_length=254, verbose_name='told when it is sent'),
        ),
        migrations.AddField(
            model_name='giftcard',
            name='sender_name',
            field=models.CharField(blank=True, db_default='', max_length=201, verbose_name='from'),
        ),
    ]
