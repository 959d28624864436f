import django.contrib.postgres.constraints
import django.core.validators
import django.db.models.functions.datetime
import django.db.models.functions.text
import django_countries.fields
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models

import cart.tax.models
import shop.core.db

# Of overlapping rates the later one counted: the one before has ended the day before it, from now on also in writing.
ENDED = """
    UPDATE cart_taxrate SET valid_until = later.starts - 1
    FROM (
        SELECT id, lead(valid_from) OVER (PARTITION BY country, upper(state), tax_class ORDER BY valid_from) AS starts
        FROM cart_taxrate
    ) AS later
    WHERE cart_taxrate.id = later.id AND coalesce(cart_taxrate.valid_until, 'infinity') >= later.starts
"""


class Migration(migrations.Migration):
    """Rates stack by level, hold for postal codes and never overlap; settings by country, exemptions, VAT ids."""

    dependencies = [
        ('cart', '0009_shipping'),
    ]

    operations = [
        BtreeGistExtension(),
        migrations.CreateModel(
            name='TaxConfiguration',
            fields=[
                ('id', models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ('country', django_countries.fields.CountryField(blank=True, help_text='Empty: wherever no other row is for.', max_length=2, unique=True, verbose_name='country')),
                ('is_taxed', models.BooleanField(default=True, verbose_name='charge tax')),
                ('entry', models.CharField(choices=[('rate', 'as each tax rate says'), ('gross', 'prices include tax'), ('net', 'tax comes on top of prices')], default='rate', max_length=8, verbose_name='prices are entered')),
                ('keeps_prices', models.BooleanField(default=True, help_text='What a price comes to stays, whatever its tax. Off: the tax of home is taken out of it, and the tax of the country takes its place.', verbose_name='the same prices as at home')),
                ('shown', models.CharField(choices=[('entered', 'as they are entered'), ('gross', 'with tax'), ('net', 'without tax')], default='entered', max_length=8, verbose_name='prices are shown')),
                ('rounding', models.CharField(choices=[('half_up', 'half a cent up'), ('half_even', 'half a cent to the even one'), ('up', 'always up'), ('down', 'always down')], default='half_up', max_length=10, verbose_name='rounding')),
                ('rounding_level', models.CharField(choices=[('line', 'each line'), ('order', 'the whole order')], default='line', max_length=8, verbose_name='rounded for')),
                ('service', models.CharField(blank=True, help_text='Empty: the tax rates of this shop.', max_length=20, verbose_name='tax service')),
                ('trusts_vat_ids', models.BooleanField(default=False, help_text='While the register does not answer, an id of the right form counts. Off: tax is charged.', verbose_name='trust VAT ids that could not be checked')),
            ],
            options={
                'verbose_name': 'tax setting',
                'verbose_name_plural': 'tax settings',
                'ordering': ['country'],
            },
        ),
        migrations.CreateModel(
            name='TaxExemption',
            fields=[
                ('id', models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ('email', models.EmailField(help_text='Of the customer’s account: it counts for who is signed in with it.', max_length=254, verbose_name='e-mail')),
                ('country', django_countries.fields.CountryField(blank=True, help_text='Empty: everywhere.', max_length=2, verbose_name='country')),
                ('state', models.CharField(blank=True, help_text='Empty: the whole country.', max_length=100, verbose_name='state')),
                ('reason', models.CharField(help_text='“Resale”, “Charity”, “Diplomatic mission”.', max_length=120, verbose_name='reason')),
                ('certificate', models.CharField(blank=True, help_text='Its number.', max_length=80, verbose_name='certificate')),
                ('valid_from', models.DateField(verbose_name='valid from')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='valid until')),
                ('actor', models.CharField(blank=True, editable=False, max_length=80)),
            ],
            options={
                'verbose_name': 'tax exemption',
                'verbose_name_plural': 'tax exemptions',
                'ordering': ['email', 'country'],
            },
        ),
        migrations.CreateModel(
            name='VatCheck',
            fields=[
                ('vat_id', models.CharField(max_length=20, primary_key=True, serialize=False, verbose_name='VAT id')),
                ('is_valid', models.BooleanField(verbose_name='valid')),
                ('reference', models.CharField(blank=True, max_length=80, verbose_name='reference')),
                ('checked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='checked')),
            ],
            options={
                'verbose_name': 'VAT id check',
                'verbose_name_plural': 'VAT id checks',
                'ordering': ['-checked_at'],
            },
        ),
        migrations.AlterModelOptions(
            name='taxrate',
            options={'ordering': ['country', 'state', 'tax_class', 'level', '-valid_from'], 'verbose_name': 'tax rate', 'verbose_name_plural': 'tax rates'},
        ),
        migrations.RemoveConstraint(
            model_name='taxrate',
            name='tax_rate_once',
        ),
        migrations.AddField(
            model_name='taxrate',
            name='data_set',
            field=models.CharField(blank=True, db_default='', editable=False, max_length=20),
        ),
        migrations.AddField(
            model_name='taxrate',
            name='is_compound',
            field=models.BooleanField(db_default=False, default=False, help_text='On the price and the taxes of lower levels. Hardly any country still has one.', verbose_name='tax on tax'),
        ),
        migrations.AddField(
            model_name='taxrate',
            name='level',
            field=models.PositiveSmallIntegerField(db_default=1, default=1, help_text='Rates of different levels are added up: 1 for the country or state, 2 for what comes on top.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(9)], verbose_name='level'),
        ),
        migrations.AddField(
            model_name='taxrate',
            name='postal_codes',
            field=models.CharField(blank=True, db_default='', help_text='Codes, beginnings (K1A*) and ranges (90001..90899), with commas. Empty: everywhere there.', max_length=500, validators=[cart.tax.models.check_postal_codes], verbose_name='postal codes'),
        ),
        migrations.AddField(
            model_name='taxrate',
            name='source',
            field=models.CharField(blank=True, db_default='', max_length=200, verbose_name='source'),
        ),
        migrations.AddField(
            model_name='taxrate',
            name='source_on',
            field=models.DateField(blank=True, help_text='When the source said so.', null=True, verbose_name='as of'),
        ),
        migrations.AlterField(
            model_name='taxrate',
            name='is_included',
            field=models.BooleanField(default=False, help_text='Prices contain this tax already.', verbose_name='included in prices'),
        ),
        migrations.AlterField(
            model_name='taxrate',
            name='name',
            field=models.CharField(help_text='Shown to shoppers and on invoices: “VAT”, “NY sales tax”.', max_length=80, verbose_name='name'),
        ),
        migrations.AlterField(
            model_name='taxrate',
            name='rate',
            field=models.DecimalField(decimal_places=5, help_text='As a fraction: 0.08875 is 8.875 %.', max_digits=7, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(1)], verbose_name='rate'),
        ),
        migrations.AlterField(
            model_name='taxrate',
            name='state',
            field=models.CharField(blank=True, help_text='Its code, as NY. Empty: the whole country.', max_length=100, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='taxrate',
            name='valid_until',
            field=models.DateField(blank=True, help_text='The last day. Empty: until further notice.', null=True, verbose_name='valid until'),
        ),
        migrations.AddConstraint(
            model_name='taxrate',
            constraint=models.CheckConstraint(condition=models.Q(('level__gte', 1), ('level__lte', 9)), name='tax_rate_level'),
        ),
        migrations.RunSQL(ENDED, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='taxrate',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('country', '='), (django.db.models.functions.text.Upper('state'), '='), ('postal_codes', '='), ('tax_class', '='), ('level', '='), (models.Func(models.F('valid_from'), models.F('valid_until'), models.Value('[]'), function='daterange'), '&&')], name='tax_rate_one_at_a_time', violation_error_message='Another rate of this level is in force there at the same time. End it first, or choose a level.'),
        ),
        migrations.AddIndex(
            model_name='taxexemption',
            index=models.Index(django.db.models.functions.text.Lower('email'), name='tax_exemption_email'),
        ),
        migrations.AddConstraint(
            model_name='taxexemption',
            constraint=models.CheckConstraint(condition=models.Q(('valid_until__isnull', True), ('valid_until__gte', models.F('valid_from')), _connector='OR'), name='tax_exemption_dates'),
        ),
        migrations.AddConstraint(
            model_name='taxexemption',
            constraint=models.CheckConstraint(condition=models.Q(('state', ''), models.Q(('country', ''), _negated=True), _connector='OR'), name='tax_exemption_place'),
        ),
    ]
