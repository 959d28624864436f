from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """In which order reviews are read, and which of them wait."""

    atomic = False

    dependencies = [("catalog", "0003_reviews")]

    operations = [
        AddIndexConcurrently(
            model_name='review',
            index=models.Index(models.F('product'), models.OrderBy(models.F('created_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('status', 'published')), name='review_newest'),
        ),
        AddIndexConcurrently(
            model_name='review',
            index=models.Index(models.F('product'), models.OrderBy(models.F('helpful_count'), descending=True), models.OrderBy(models.F('created_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('status', 'published')), name='review_helpful'),
        ),
        AddIndexConcurrently(
            model_name='review',
            index=models.Index(models.F('product'), models.OrderBy(models.F('rating'), descending=True), models.OrderBy(models.F('created_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('status', 'published')), name='review_stars'),
        ),
        AddIndexConcurrently(
            model_name='review',
            index=models.Index(models.F('product'), models.OrderBy(models.F('created_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('status', 'published'), ('photo_count__gt', 0)), name='review_photographed'),
        ),
        AddIndexConcurrently(
            model_name='review',
            index=models.Index(models.F('customer_id'), condition=models.Q(('customer_id__isnull', False)), name='review_customer'),
        ),
        AddIndexConcurrently(
            model_name='review',
            index=models.Index(models.F('id'), condition=models.Q(('status', 'pending'), ('report_count__gte', 3), _connector='OR'), name='review_waiting'),
        ),
        RemoveIndexConcurrently(
            model_name='review',
            name='review_published',
        ),
    ]
