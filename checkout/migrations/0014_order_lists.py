import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models.expressions import CombinedExpression


class Migration(migrations.Migration):
    """Indexes of the admin's lists; made while the shop goes on. Each is small, or replaces another."""

    atomic = False

    dependencies = [
        ('checkout', '0013_archive'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='capture',
            index=models.Index(models.F('status'), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('status', 'done'), _negated=True), name='capture_not_done'),
        ),
        AddIndexConcurrently(
            model_name='order',
            index=models.Index(django.contrib.postgres.indexes.OpClass('email', name='varchar_pattern_ops'), models.OrderBy(models.F('id'), descending=True), name='order_email_prefix'),
        ),
        AddIndexConcurrently(
            model_name='order',
            index=models.Index(models.F('payment_state'), models.OrderBy(models.F('id'), descending=True), models.F('status'), condition=models.Q(('payment_state', 'paid'), _negated=True), name='order_payment'),
        ),
        AddIndexConcurrently(
            model_name='order',
            index=models.Index(models.F('fulfilment_state'), models.OrderBy(models.F('id'), descending=True), models.F('status'), condition=models.Q(('fulfilment_state', 'delivered'), _negated=True), name='order_parcels'),
        ),
        AddIndexConcurrently(
            model_name='order',
            index=models.Index(models.OrderBy(models.F('id'), descending=True), condition=models.Q(models.Q(('status__in', ['pending', 'payment_pending', 'payment_review', 'cancelled', 'refunded']), _negated=True), ('captured_minor__lt', CombinedExpression(CombinedExpression(models.F('total_minor'), '-', models.F('allowed_minor')), '+', models.F('refunded_minor')))), name='order_to_pay'),
        ),
        AddIndexConcurrently(
            model_name='order',
            index=models.Index(models.OrderBy(models.F('id'), descending=True), condition=models.Q(('captured_minor__gt', CombinedExpression(CombinedExpression(models.F('total_minor'), '-', models.F('allowed_minor')), '+', models.F('refunded_minor'))), models.Q(('captured_minor__gt', models.F('refunded_minor')), ('status__in', ['cancelled', 'refunded'])), _connector='OR'), name='order_to_give_back'),
        ),
        AddIndexConcurrently(
            model_name='payment',
            index=models.Index(models.F('status'), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('status', 'paid'), _negated=True), name='payment_not_paid'),
        ),
        AddIndexConcurrently(
            model_name='payment',
            index=models.Index(models.F('provider'), models.OrderBy(models.F('id'), descending=True), name='payment_provider'),
        ),
        AddIndexConcurrently(
            model_name='paymentevent',
            index=models.Index(models.F('kind'), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('kind__in', ['authorised', 'captured']), _negated=True), name='payment_event_rare'),
        ),
        AddIndexConcurrently(
            model_name='providerevent',
            index=models.Index(models.F('reference'), name='provider_event_reference'),
        ),
        AddIndexConcurrently(
            model_name='refund',
            index=models.Index(models.F('status'), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('status', 'done'), _negated=True), name='refund_not_done'),
        ),
        AddIndexConcurrently(
            model_name='shipment',
            index=models.Index(models.F('tracking_number'), condition=models.Q(('tracking_number', ''), _negated=True), name='shipment_tracking'),
        ),
        AddIndexConcurrently(
            model_name='shipment',
            index=models.Index(models.F('status'), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('status', 'delivered'), _negated=True), name='shipment_under_way'),
        ),
        RemoveIndexConcurrently(
            model_name='order',
            name='order_email',
        ),
    ]
