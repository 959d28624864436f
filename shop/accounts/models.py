"""Who people are: users (named by their e-mail), their addresses and preferences."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from shop.core import db


class UserManager(BaseUserManager["User"]):
    """Creates users by e-mail; Django's commands (`createsuperuser`) and allauth use it."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email: str | None) -> User:
        return self.get(email__iexact=email)


class CustomerGroup(models.Model):
    """Customers who are sold to alike: by promotions of their own, and at the prices of a list of their own."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    name = models.CharField(_("name"), max_length=80, unique=True)
    code = models.SlugField(
        _("code"), max_length=40, unique=True, help_text=_("By which promotions name the group: trade.")
    )
    price_list = models.SlugField(
        _("price list"), max_length=40, blank=True, help_text=_("Whose prices they pay where these are lower.")
    )

    class Meta:
        verbose_name, verbose_name_plural = _("customer group"), _("customer groups")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class User(AbstractBaseUser, PermissionsMixin):
    """A customer or a member of staff."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    email = models.EmailField(_("e-mail"), unique=True)
    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    last_name = models.CharField(_("last name"), max_length=100, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("staff"), default=False)
    joined_at = models.DateTimeField(_("joined"), auto_now_add=True)
    customer_group = models.ForeignKey(
        CustomerGroup, models.PROTECT, null=True, blank=True, related_name="members", db_index=False,
        verbose_name=_("customer group"),
    )  # fmt: skip
    currency = models.CharField(max_length=3, blank=True, default="", db_default="", editable=False)  # as chosen

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        verbose_name, verbose_name_plural = _("user"), _("users")
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]
        indexes = [
            models.Index(OpClass(Lower("last_name"), name="text_pattern_ops"), name="user_surname"),
            models.Index(
                "customer_group", condition=models.Q(customer_group__isnull=False), name="user_customer_group"
            ),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class Address(models.Model):
    """One entry of a customer's address book, in the shape of the API's address."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="addresses")
    first_name = models.CharField(_("first name"), max_length=100)
    last_name = models.CharField(_("last name"), max_length=100)
    company = models.CharField(_("company"), max_length=100, blank=True)
    address1 = models.CharField(_("address"), max_length=200)
    address2 = models.CharField(_("address, second line"), max_length=200, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    state = models.CharField(_("state"), max_length=100, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    country = CountryField(_("country"))
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    is_default = models.BooleanField(_("default"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name, verbose_name_plural = _("address"), _("addresses")
        ordering = ["-is_default", "id"]
        constraints = [
            models.UniqueConstraint("user", condition=models.Q(is_default=True), name="address_one_default"),
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}, {self.city}"


class Preferences(models.Model):
    """What a customer chose: language, currency, and consent to marketing and to personal suggestions."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="preferences")
    language = models.CharField(_("language"), max_length=10, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    has_marketing_consent = models.BooleanField(_("may send offers"), default=False)
    has_profiling_consent = models.BooleanField(_("may personalise"), default=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = _("preferences")
