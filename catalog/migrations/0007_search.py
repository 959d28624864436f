"""Relevance of searches: titles, article numbers, how rare words are, and what the merchant says of words."""

import django.contrib.postgres.fields
import django.contrib.postgres.search
from django.contrib.postgres.operations import CreateExtension
from django.db import migrations, models

import shop.core.db

# Names keep their stop words ("The Who" is a name), descriptions do not. What is indexed has no accents any more.
_CONFIGURATIONS = """
    CREATE TEXT SEARCH DICTIONARY shop_stem (TEMPLATE = snowball, Language = english);
    ALTER TEXT SEARCH CONFIGURATION shop
        ALTER MAPPING FOR asciiword, word, asciihword, hword, hword_asciipart, hword_part WITH shop_stem;
    CREATE TEXT SEARCH CONFIGURATION prose (COPY = pg_catalog.english);
"""
_BACK = """
    DROP TEXT SEARCH CONFIGURATION prose;
    ALTER TEXT SEARCH CONFIGURATION shop
        ALTER MAPPING FOR asciiword, asciihword, hword_asciipart WITH english_stem;
    ALTER TEXT SEARCH CONFIGURATION shop
        ALTER MAPPING FOR hword, hword_part, word WITH unaccent, english_stem;
    DROP TEXT SEARCH DICTIONARY shop_stem;
"""

# What every shop in English begins with; the merchant adds his own and takes away what does not suit.
_SYNONYMS = (
    "laptop, notebook",
    "cell phone, mobile phone, cellphone, smartphone, phone",
    "tv, television",
    "pc, desktop, computer",
    "earbuds, earphones, in ear headphones",
    "headphones, headset",
    "fridge, refrigerator",
    "couch, sofa",
    "trousers, pants",
    "sneakers, trainers",
    "jumper, sweater, pullover",
    "hoover, vacuum cleaner",
    "flash drive, usb stick, memory stick",
    "hdd, hard drive, hard disk",
    "ssd, solid state drive",
    "cord, cable",
    "case, cover, sleeve",
    "bike, bicycle",
    "nappy, diaper",
    "stroller, pushchair, pram",
    "torch, flashlight",
    "curtain, drape",
    "rug, carpet",
    "wifi, wireless lan, wlan",
    "ps3, playstation 3",
    "ps4, playstation 4",
    "ps5, playstation 5",
    "hoodie, hooded sweatshirt",
    "t shirt, tee, tshirt",
    "handbag, purse",
    "cooker, stove",
    "hob, cooktop",
    "photo, picture",
    "gray, grey",
    "colour, color",
    "jewellery, jewelry",
    "aluminium, aluminum",
    "tyre, tire",
)

_STOP = (
    "a an and are as at be but by for from has have i if in into is it its me my no not of on or our so such that the "
    "their then there these they this to was we what which who will with you your"
)


def _begin(apps, schema_editor):
    synonym, stopword = apps.get_model("catalog", "Synonym"), apps.get_model("catalog", "StopWord")
    alias = schema_editor.connection.alias
    synonym.objects.using(alias).bulk_create(synonym(words=words) for words in _SYNONYMS)
    stopword.objects.using(alias).bulk_create(stopword(word=word) for word in _STOP.split())


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0006_recommendations'),
    ]

    operations = [
        CreateExtension("fuzzystrmatch"),
        migrations.RunSQL(_CONFIGURATIONS, _BACK),
        migrations.CreateModel(
            name='Lexeme',
            fields=[
                ('lexeme', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('listings', models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='Ranking',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ('name', models.FloatField(default=3.0, verbose_name='word in the name')),
                ('brand', models.FloatField(default=2.0, verbose_name='word in the brand')),
                ('tags', models.FloatField(default=2.0, verbose_name='word in tags and attributes')),
                ('description', models.FloatField(default=1.0, verbose_name='word in the description')),
                ('category', models.FloatField(default=1.0, verbose_name='the category that is asked for')),
                ('popularity', models.FloatField(default=0.1, verbose_name='popularity')),
                ('rating', models.FloatField(default=0.05, verbose_name='rating')),
                ('freshness', models.FloatField(default=0.05, verbose_name='newness')),
            ],
            options={
                'verbose_name': 'ranking',
                'verbose_name_plural': 'ranking',
            },
        ),
        migrations.CreateModel(
            name='StopWord',
            fields=[
                ('word', models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name='word')),
            ],
            options={
                'verbose_name': 'stop word',
                'verbose_name_plural': 'stop words',
                'ordering': ['word'],
            },
        ),
        migrations.CreateModel(
            name='Synonym',
            fields=[
                ('id', models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ('words', models.CharField(help_text='Separated by commas: laptop, notebook', max_length=400, verbose_name='words')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
            ],
            options={
                'verbose_name': 'synonyms',
                'verbose_name_plural': 'synonyms',
                'ordering': ['words'],
            },
        ),
        migrations.RunPython(_begin, migrations.RunPython.noop),
        migrations.AddField(
            model_name='listing',
            name='codes',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=120), db_default=[], default=list, size=None),
        ),
        migrations.AddField(
            model_name='listing',
            name='title',
            field=django.contrib.postgres.search.SearchVectorField(null=True),
        ),
        migrations.AddConstraint(
            model_name='ranking',
            constraint=models.CheckConstraint(condition=models.Q(('id', 1)), name='ranking_single'),
        ),
        migrations.AddConstraint(
            model_name='ranking',
            constraint=models.CheckConstraint(condition=models.Q(('name__gte', 0), ('name__lte', 10), ('brand__gte', 0), ('brand__lte', 10), ('tags__gte', 0), ('tags__lte', 10), ('description__gte', 0), ('description__lte', 10), ('category__gte', 0), ('category__lte', 10), ('popularity__gte', 0), ('popularity__lte', 10), ('rating__gte', 0), ('rating__lte', 10), ('freshness__gte', 0), ('freshness__lte', 10)), name='ranking_range'),
        ),
    ]
