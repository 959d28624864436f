"""People in the admin. Only superusers make staff, or touch them.

allauth's own pages are taken out: they show the secrets of second factors and of foreign accounts to whoever may look,
and let staff change an e-mail address or call it proven, which is its owner's to show (who proves an address gets the
orders that were placed with it). What a merchant needs of them is on the page of a person.
"""

from __future__ import annotations

from typing import Any

import allauth.account.admin
import allauth.mfa.admin
import allauth.socialaccount.admin  # noqa: F401  (what is imported is registered, and can be taken out)
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group
from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from shop.accounts import selectors
from shop.accounts.factor_admin import FactorFilter, FactorPages
from shop.accounts.models import Address, CustomerGroup, User

admin.site.unregister([Group, Authenticator, EmailAddress, SocialAccount, SocialApp, SocialToken])


@admin.register(Group)
class RoleAdmin(GroupAdmin, ModelAdmin):  # type: ignore[misc]
    """Roles: named sets of permissions."""


@admin.register(CustomerGroup)
class CustomerGroupAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ["name", "code", "price_list", "people"]
    search_fields = ["name", "code"]
    prepopulated_fields = {"code": ["name"]}

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(number=Count("members"))

    @display(description=_("customers"))
    def people(self, group: CustomerGroup) -> str:
        address = f"{reverse('admin:shop_user_changelist')}?customer_group__id__exact={group.pk}"
        return format_html('<a href="{}">{}</a>', address, group.number)  # type: ignore[attr-defined]

    def has_delete_permission(self, request: HttpRequest, obj: CustomerGroup | None = None) -> bool:
        """Only one that nobody is in: who has its prices would lose them unasked."""
        may = super().has_delete_permission(request, obj)
        return bool(may and (obj is None or not obj.members.exists()))


class AddUserForm(UserCreationForm):  # type: ignore[misc]
    class Meta:
        model = User
        fields = ["email"]


class ChangeUserForm(UserChangeForm):  # type: ignore[misc]
    class Meta:
        model = User
        fields = "__all__"


class AddressInline(TabularInline):  # type: ignore[misc]
    model = Address
    extra = 0
    can_delete = False
    fields = readonly_fields = ["first_name", "last_name", "address1", "city", "postal_code", "country", "is_default"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(User)
class PersonAdmin(FactorPages, UserAdmin, ModelAdmin):  # type: ignore[misc]
    class Media:
        css = {"all": ["css/admin-people.css"]}

    form = ChangeUserForm
    add_form = AddUserForm
    change_password_form = AdminPasswordChangeForm
    list_display = ["email", "full_name", "is_staff", "is_active", "second_factor", "joined_at"]
    list_filter = ["is_staff", "is_active", FactorFilter, "customer_group", "groups"]
    search_fields = ["^email", "last_name"]
    ordering = ["-id"]
    show_full_result_count = False
    filter_horizontal = ["groups", "user_permissions"]
    inlines = [AddressInline]
    fieldsets = [
        (None, {"fields": ["email", "password", "first_name", "last_name", "is_active", "joined_at", "last_login"]}),
        (_("Selling"), {"fields": ["customer_group"]}),
        (_("Signing in"), {"fields": ["addresses_text", "second_factor"]}),
        (_("Staff"), {"fields": ["is_staff", "is_superuser", "groups", "user_permissions"]}),
    ]
    add_fieldsets = [(None, {"fields": ["email", "usable_password", "password1", "password2"]})]
    staff_fields = ["is_staff", "is_superuser", "groups", "user_permissions"]

    @display(description=_("e-mail addresses"))
    def addresses_text(self, person: User) -> str:
        said = {True: _("proven"), False: _("not proven")}
        return ", ".join(f"{email} ({said[is_proven]})" for email, is_proven in selectors.emails_of(person.pk)) or "–"

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        """The e-mail address is changed by its owner, who must prove the new one."""
        fixed = ["joined_at", "last_login", "addresses_text", "second_factor", *(["email"] if obj else [])]
        return fixed if request.user.is_superuser else [*fixed, *self.staff_fields]  # type: ignore[union-attr]

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return bool(super().has_change_permission(request, obj)) and _may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nobody is deleted here: orders point to people. Switch an account off instead."""
        return False

    def get_inlines(self, request: HttpRequest, obj: User | None) -> list[Any]:
        return self.inlines if obj else []


def _may_touch(request: HttpRequest, person: User | None) -> bool:
    return person is None or not person.is_staff or bool(request.user.is_superuser)  # type: ignore[union-attr]
