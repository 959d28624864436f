"""Rows of listings become narrow: lists read many of them, and hardly ever the words of a description.

Descriptions go out of line (TOAST); the words of tags come into the small vector, which stays in the row. Rows that are
there already are rewritten by the next `rebuild_search_index`.
"""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [('catalog', '0010_listing_versions')]

    operations = [
        migrations.RunSQL(
            'ALTER TABLE catalog_listing SET (toast_tuple_target = 1024), ALTER COLUMN title SET STORAGE MAIN',
            'ALTER TABLE catalog_listing RESET (toast_tuple_target), ALTER COLUMN title SET STORAGE EXTENDED',
        ),
        RemoveIndexConcurrently('listing', 'listing_name_trigram'),
        AddIndexConcurrently('listing', GinIndex(models.F('title'), name='listing_title')),
    ]
