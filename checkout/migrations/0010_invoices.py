"""Invoices, credit notes, the counters of their numbers, and the merchant's details."""

import django.core.validators
import django.db.models.expressions
import django.db.models.functions.datetime
import shop.core.db
from django.db import migrations, models


# A paper stays as it was issued; all that may be added is its file, once.
KEPT = """
CREATE FUNCTION checkout_document_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.pdf IS NULL AND NEW.pdf IS NOT NULL
        AND to_jsonb(NEW) - 'pdf' - 'pdf_sha256' = to_jsonb(OLD) - 'pdf' - 'pdf_sha256' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'invoices and credit notes are kept as issued: issue another one'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER checkout_document_kept BEFORE UPDATE OR DELETE ON checkout_document
    FOR EACH ROW EXECUTE FUNCTION checkout_document_is_kept();
"""
REVERSE = """
DROP TRIGGER checkout_document_kept ON checkout_document;
DROP FUNCTION checkout_document_is_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("checkout", "0009_picking")]

    operations = [
        migrations.CreateModel(
            name="Document",
            fields=[
                ("id", models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("invoice", "Invoice"), ("credit_note", "Credit note")],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("series", models.CharField(max_length=10)),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                ("position", models.PositiveIntegerField()),
                ("number", models.CharField(max_length=40, unique=True, verbose_name="number")),
                ("order_id", models.UUIDField()),
                ("order_number", models.CharField(max_length=20, verbose_name="order")),
                ("issued_at", models.DateTimeField(verbose_name="issued")),
                ("issued_on", models.DateField(verbose_name="date")),
                ("currency", models.CharField(max_length=3)),
                ("net_minor", models.BigIntegerField()),
                ("tax_minor", models.BigIntegerField()),
                ("gross_minor", models.BigIntegerField()),
                ("content", models.JSONField()),
                ("pdf", models.BinaryField(null=True)),
                ("pdf_sha256", models.CharField(blank=True, default="", max_length=64)),
            ],
            options={
                "verbose_name": "invoice or credit note",
                "verbose_name_plural": "invoices and credit notes",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(models.F("order_id"), name="document_order"),
                    models.Index(
                        fields=["order_number"], name="document_order_number", opclasses=["varchar_pattern_ops"]
                    ),
                    models.Index(
                        models.F("kind"), models.OrderBy(models.F("id"), descending=True), name="document_kind"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("series"), models.F("year"), models.F("position"), name="document_number_once"
                    ),
                    models.CheckConstraint(condition=models.Q(("position__gt", 0)), name="document_position"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "gross_minor",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("net_minor"), "+", models.F("tax_minor")
                                ),
                            ),
                            ("gross_minor__gte", 0),
                        ),
                        name="document_adds_up",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("pdf__isnull", True), ("pdf_sha256", "")),
                            models.Q(("pdf__isnull", False), models.Q(("pdf_sha256", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="document_pdf_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DocumentCounter",
            fields=[
                ("id", models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ("series", models.CharField(max_length=10)),
                ("year", models.PositiveSmallIntegerField()),
                ("last", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(models.F("series"), models.F("year"), name="document_counter_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="InvoiceDetails",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=120, verbose_name="name or company")),
                (
                    "address",
                    models.TextField(
                        blank=True, help_text="One line each, with the country.", max_length=400, verbose_name="address"
                    ),
                ),
                (
                    "vat_id",
                    models.CharField(
                        blank=True,
                        max_length=15,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z]{2}[A-Z0-9]{2,13}$",
                                "A VAT id is the two letters of the country and up to 13 letters or digits.",
                            )
                        ],
                        verbose_name="VAT id",
                    ),
                ),
                ("tax_number", models.CharField(blank=True, max_length=40, verbose_name="tax number")),
                (
                    "registration",
                    models.CharField(
                        blank=True,
                        help_text="Court and number of the company register.",
                        max_length=120,
                        verbose_name="registration",
                    ),
                ),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="phone")),
                ("website", models.CharField(blank=True, max_length=120, verbose_name="website")),
                (
                    "bank",
                    models.TextField(
                        blank=True, help_text="One line each.", max_length=300, verbose_name="bank account"
                    ),
                ),
                ("footer", models.TextField(blank=True, max_length=600, verbose_name="words at the end")),
                (
                    "logo",
                    models.ImageField(
                        blank=True,
                        upload_to="invoices/",
                        validators=[django.core.validators.FileExtensionValidator(["png", "jpg", "jpeg"])],
                        verbose_name="logo",
                    ),
                ),
                (
                    "invoice_series",
                    models.CharField(
                        default="INV",
                        max_length=10,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z0-9]{1,10}$", "Use up to ten capital letters and digits."
                            )
                        ],
                        verbose_name="series of invoices",
                    ),
                ),
                (
                    "credit_note_series",
                    models.CharField(
                        default="CN",
                        max_length=10,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z0-9]{1,10}$", "Use up to ten capital letters and digits."
                            )
                        ],
                        verbose_name="series of credit notes",
                    ),
                ),
                (
                    "issue_when",
                    models.CharField(
                        choices=[("paid", "when the order is paid"), ("shipped", "when its first parcel leaves")],
                        default="paid",
                        max_length=10,
                        verbose_name="issue the invoice",
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        blank=True,
                        help_text="Empty: the language of the order.",
                        max_length=10,
                        verbose_name="language",
                    ),
                ),
                (
                    "paper",
                    models.CharField(
                        choices=[("a4", "A4"), ("letter", "Letter")],
                        default="a4",
                        max_length=10,
                        verbose_name="paper",
                    ),
                ),
                ("time_zone", models.CharField(default="UTC", max_length=40, verbose_name="time zone")),
                ("updated_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "verbose_name": "invoice details",
                "verbose_name_plural": "invoice details",
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="invoice_details_one")],
            },
        ),
        migrations.RunSQL(KEPT, REVERSE),
    ]
