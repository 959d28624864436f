"""Which gift cards wait for the day on which they are to be sent; made while the shop runs."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('checkout', '0039_gifts_and_vat_ids'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='giftcard',
            index=models.Index(
                'send_on', condition=Q(send_on__isnull=False, mailed_at__isnull=True), name='gift_card_to_send'
            ),
        ),
    ]
