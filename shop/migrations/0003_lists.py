import django.db.models.functions
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

from shop.core.partitions import AddIndexByPartition


class Migration(migrations.Migration):
    """What the lists of e-mails, events, deliveries and audit entries are filtered and searched by."""

    atomic = False

    dependencies = [("shop", "0002_optout")]

    operations = [
        AddIndexConcurrently(
            model_name="notification",
            index=models.Index(
                models.F("status"),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("status", "sent"), _negated=True),
                name="notification_unsent",
            ),
        ),
        AddIndexConcurrently(
            model_name="notification",
            index=models.Index(
                models.F("template"), models.OrderBy(models.F("id"), descending=True), name="notification_template"
            ),
        ),
        AddIndexConcurrently(
            model_name="notification",
            index=models.Index(
                django.db.models.functions.Upper("recipient"),
                models.OrderBy(models.F("id"), descending=True),
                name="notification_recipient",
            ),
        ),
        AddIndexConcurrently(
            model_name="delivery",
            index=models.Index(models.F("subscriber"), models.F("id"), name="delivery_subscriber"),
        ),
        AddIndexByPartition(
            model_name="outboxevent",
            index=models.Index(models.F("event_type"), models.F("id"), name="outbox_type"),
        ),
        AddIndexByPartition(
            model_name="auditentry",
            index=models.Index(models.F("actor"), models.F("id"), name="audit_actor"),
        ),
    ]
