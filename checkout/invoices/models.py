"""Invoices and credit notes as they were issued, the counters of their numbers, and the merchant's details on them."""

from __future__ import annotations

from django.core.validators import FileExtensionValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from checkout.invoices import rules
from shop.core import db
from shop.core.money import Money

_SERIES = RegexValidator(r"^[A-Z0-9]{1,10}$", _("Use up to ten capital letters and digits."))
_VAT_ID = RegexValidator(
    r"^[A-Z]{2}[A-Z0-9]{2,13}$", _("A VAT id is the two letters of the country and up to 13 letters or digits.")
)


class DocumentCounter(models.Model):
    """The last number given out in a series and year. Locked and raised in the transaction that issues the paper."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    series = models.CharField(max_length=10)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint("series", "year", name="document_counter_once")]

    def __str__(self) -> str:
        return rules.number(self.series, self.year, self.last)


class Document(models.Model):
    """An invoice or a credit note. PostgreSQL refuses to change or delete it (migration 0010); its file is set once.

    The amounts of both are above zero: an invoice adds to what the order was charged, a credit note takes off. It
    names its order by id and number only, and stays when orders move to the archive.
    """

    class Kind(models.TextChoices):
        INVOICE = "invoice", _("Invoice")
        CREDIT_NOTE = "credit_note", _("Credit note")

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    series = models.CharField(max_length=10)
    year = models.PositiveSmallIntegerField(_("year"))
    position = models.PositiveIntegerField()  # 1, 2, 3 … of its series and year, without gaps
    number = models.CharField(_("number"), max_length=40, unique=True)
    order_id = models.UUIDField()
    order_number = models.CharField(_("order"), max_length=20)
    issued_at = models.DateTimeField(_("issued"))
    issued_on = models.DateField(_("date"))  # of the merchant's time zone
    currency = models.CharField(max_length=3)
    net_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()
    gross_minor = models.BigIntegerField()
    content = models.JSONField()  # all that is printed, and its lines as `content.lines` reads them
    pdf = models.BinaryField(null=True)
    pdf_sha256 = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        verbose_name, verbose_name_plural = _("invoice or credit note"), _("invoices and credit notes")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint("series", "year", "position", name="document_number_once"),
            models.CheckConstraint(name="document_position", condition=Q(position__gt=0)),
            models.CheckConstraint(
                name="document_adds_up", condition=Q(gross_minor=F("net_minor") + F("tax_minor"), gross_minor__gte=0)
            ),
            models.CheckConstraint(
                name="document_pdf_whole",
                condition=Q(pdf__isnull=True, pdf_sha256="") | (Q(pdf__isnull=False) & ~Q(pdf_sha256="")),
            ),
        ]
        indexes = [
            models.Index("order_id", name="document_order"),
            models.Index(fields=["order_number"], name="document_order_number", opclasses=["varchar_pattern_ops"]),
            models.Index("kind", F("id").desc(), name="document_kind"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_credit(self) -> bool:
        return self.kind == self.Kind.CREDIT_NOTE

    @property
    def gross(self) -> Money:
        return Money(self.gross_minor, self.currency)


class InvoiceDetails(models.Model):
    """What the merchant's papers say of the merchant, and when they are issued: one row. Copied onto every paper."""

    class When(models.TextChoices):
        PAID = "paid", _("when the order is paid")
        SHIPPED = "shipped", _("when its first parcel leaves")

    class Paper(models.TextChoices):
        A4 = "a4", _("A4")
        LETTER = "letter", _("Letter")

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    name = models.CharField(_("name or company"), max_length=120)
    address = models.TextField(
        _("address"), max_length=400, blank=True, help_text=_("One line each, with the country.")
    )
    vat_id = models.CharField(_("VAT id"), max_length=15, blank=True, validators=[_VAT_ID])
    tax_number = models.CharField(_("tax number"), max_length=40, blank=True)
    registration = models.CharField(
        _("registration"), max_length=120, blank=True, help_text=_("Court and number of the company register.")
    )
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    website = models.CharField(_("website"), max_length=120, blank=True)
    bank = models.TextField(_("bank account"), max_length=300, blank=True, help_text=_("One line each."))
    footer = models.TextField(_("words at the end"), max_length=600, blank=True)
    logo = models.ImageField(
        _("logo"), upload_to="invoices/", blank=True, validators=[FileExtensionValidator(["png", "jpg", "jpeg"])]
    )
    invoice_series = models.CharField(_("series of invoices"), max_length=10, default="INV", validators=[_SERIES])
    credit_note_series = models.CharField(
        _("series of credit notes"), max_length=10, default="CN", validators=[_SERIES]
    )
    issue_when = models.CharField(_("issue the invoice"), max_length=10, choices=When, default=When.PAID)
    language = models.CharField(
        _("language"), max_length=10, blank=True, help_text=_("Empty: the language of the order.")
    )
    paper = models.CharField(_("paper"), max_length=10, choices=Paper, default=Paper.A4)
    time_zone = models.CharField(_("time zone"), max_length=40, default="UTC")
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name, verbose_name_plural = _("invoice details"), _("invoice details")
        constraints = [models.CheckConstraint(name="invoice_details_one", condition=Q(id=1))]

    def __str__(self) -> str:
        return str(_("invoice details"))
