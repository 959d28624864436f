from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """By which article numbers and the beginnings of words are found."""

    atomic = False

    dependencies = [("catalog", "0007_search")]

    operations = [
        AddIndexConcurrently(model_name="listing", index=GinIndex(models.F("codes"), name="listing_codes")),
        AddIndexConcurrently(
            model_name="word",
            index=models.Index(OpClass(models.F("word"), name="varchar_pattern_ops"), name="word_beginning"),
        ),
    ]
