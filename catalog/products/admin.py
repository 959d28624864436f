"""The merchant's catalogue: products with variants, prices and pictures, categories, brands, sellers, product types.

Everything is written by the services, so that redirects, events, listing prices and the audit log follow.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.views import ChangeList

from catalog.customizations.models import CustomField
from catalog.customizations.services import save_fields
from catalog.products import brands, categories, forms, inlines, naming, pictures, services
from catalog.products.models import (
    Brand,
    Category,
    Image,
    ListingPrice,
    Product,
    ProductType,
    Seller,
    Variant,
)
from catalog.products.translation_admin import (
    BrandTranslationInline,
    CategoryTranslationInline,
    MissingFilter,
    ProductTranslationInline,
)
from inventory.stock import selectors as stock
from shop.core import requests
from shop.core.money import Money

_OWN_FIELDS = ("name", "slug", "status", "product_type", "category", "brand", "seller", "description", "tags_text")
_SEO_FIELDS = ("seo_title", "seo_description", "released_on")


class ProductList(ChangeList):
    """Adds units and pictures to the rows of one page: three queries, whatever the number of rows."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows: list[Any] = list(self.result_list)  # type: ignore[has-type]
        ids = [row.pk for row in rows]
        owners = dict(Variant.objects.filter(product_id__in=ids, is_active=True).values_list("pk", "product_id"))
        units: dict[UUID, int] = {}
        for variant_id, have in stock.availability(owners).items():
            units[owners[variant_id]] = units.get(owners[variant_id], 0) + have.on_hand
        shown: dict[UUID, Mapping[str, Any] | None] = {}
        for image in Image.objects.filter(product_id__in=ids).exclude(file=""):
            if image.product_id not in shown:
                shown[image.product_id] = pictures.picture(image)
        for row in rows:
            row.units, row.shown_picture = units.get(row.pk, 0), shown.get(row.pk)
        self.result_list = rows


@admin.register(Product)
class ProductAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ["thumbnail", "name", "status_shown", "category", "brand", "listing_price", "units", "updated_at"]
    list_display_links = ["thumbnail", "name"]
    list_filter = ["status", "product_type", MissingFilter]
    list_filter_submit = True
    list_select_related = ["category", "brand"]
    list_per_page = 50
    search_fields = ["name", "variants__sku"]
    search_help_text = _lazy("Name or SKU")
    show_full_result_count = False
    ordering = ["-id"]
    autocomplete_fields = ["category", "brand", "product_type"]
    actions = ["activate", "archive"]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ProductList

    def get_queryset(self, request: HttpRequest) -> QuerySet[Product]:
        price = ListingPrice.objects.filter(
            product=OuterRef("pk"), currency=settings.DEFAULT_CURRENCY, price_list="default"
        )
        rows: QuerySet[Product] = super().get_queryset(request)
        return rows.annotate(shown_minor=Subquery(price.values("amount_minor")[:1]))

    def get_inlines(self, request: HttpRequest, obj: Product | None = None) -> list[Any]:
        tables = [import_string(name) for name in settings.PRODUCT_TABLES]
        own = [inlines.VariantInline, inlines.ImageInline, ProductTranslationInline, inlines.CustomFieldInline]
        return [*own, *tables] if obj else []

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"seller": services.default_seller().pk, **super().get_changeform_initial_data(request)}

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.autocomplete_fields:
            kwargs["widget"] = forms.Picker(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_form(self, request: HttpRequest, obj: Product | None = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, **{**kwargs, "form": forms.product_form(obj)})

    def get_fieldsets(self, request: HttpRequest, obj: Product | None = None) -> Any:
        sets: list[tuple[Any, dict[str, Any]]] = [(None, {"fields": _OWN_FIELDS})]
        typed = [f"{forms.ATTRIBUTE}{row.code}" for row in forms.attributes_of(obj)]
        if typed:
            sets.append((_("Attributes"), {"fields": typed, "classes": ["tab"]}))
        return [*sets, (_("Search engines"), {"fields": _SEO_FIELDS, "classes": ["tab"]})]

    def has_delete_permission(self, request: HttpRequest, obj: Product | None = None) -> bool:
        return False

    @display(description=_lazy("picture"))
    def thumbnail(self, product: Any) -> str:
        if not product.shown_picture:
            return "–"
        return format_html(
            '<img src="{}" alt="{}" width="40" height="50">', product.shown_picture["thumb"], product.name
        )

    @display(description=_lazy("status"), label={"active": "success", "draft": "info", "archived": "danger"})
    def status_shown(self, product: Product) -> tuple[str, str]:
        return product.status, product.get_status_display()

    @display(description=_lazy("price"), ordering="shown_minor")
    def listing_price(self, product: Any) -> str:
        return "–" if product.shown_minor is None else Money(product.shown_minor, settings.DEFAULT_CURRENCY).format()

    @display(description=_lazy("in stock"))
    def units(self, product: Any) -> int:
        return int(product.units)

    @action(description=_lazy("Put into the shop"), permissions=["change"])
    def activate(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        self._each(request, queryset, services.activate)

    @action(description=_lazy("Archive"), permissions=["change"])
    def archive(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        self._each(request, queryset, services.archive)

    def _each(self, request: HttpRequest, queryset: QuerySet[Product], change: Any) -> None:
        ids = list(queryset.values_list("pk", flat=True))
        for product_id in ids:
            change(product_id=product_id, by=requests.actor(request))
        text = ngettext("%(count)d product changed.", "%(count)d products changed.", len(ids)) % {"count": len(ids)}
        messages.success(request, text)

    def save_model(self, request: HttpRequest, obj: Product, form: Any, change: bool) -> None:
        names = {
            "category": "category_id",
            "brand": "brand_id",
            "seller": "seller_id",
            "product_type": "product_type_id",
            "tags_text": "tags",
        }
        by = requests.actor(request)
        wanted = form.changed_data if change else _OWN_FIELDS + _SEO_FIELDS
        fields: dict[str, Any] = {}
        for name in wanted:
            key = "attributes" if name.startswith(forms.ATTRIBUTE) else names.get(name, name)
            fields[key] = getattr(obj, key) if key.endswith("_id") else form.cleaned_data[key]
        if change:
            made = services.update(product_id=obj.pk, by=by, **fields) if fields else obj
        else:
            made = services.create(by=by, **fields)
        obj.__dict__.update({key: value for key, value in made.__dict__.items() if key != "_state"})
        obj._state.adding = False

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        is_renamed = change and "name" in form.changed_data
        if is_renamed and (texts := naming.left_behind(form.instance.pk, before=form.initial["name"])):
            messages.warning(request, _("The name changed. The old one is still in: %(texts)s.") % {"texts": texts})

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        formset.save(commit=False)  # fills the lists that the change message is made of
        by = requests.actor(request)
        if hasattr(formset, "keep"):  # a table of another component
            formset.keep(by)
            return
        if formset.model is CustomField:
            save_fields(formset=formset, product_id=form.instance.pk, by=by)
            return
        save = inlines.save_variant if formset.model is Variant else inlines.save_image
        for row in formset.forms:
            if row.has_changed() and row not in formset.deleted_forms:
                save(form.instance, row, by)
        for image in formset.deleted_objects:
            pictures.remove(image_id=image.pk, by=by)
        if formset.model is Variant and (warning := forms.unpriced(formset, form.instance)):
            messages.warning(request, warning)


@admin.register(Category)
class CategoryAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ["indented", "url_path", "is_active"]
    search_fields = ["name", "url_path"]
    ordering = ["path"]
    list_per_page = 500
    list_filter = [MissingFilter]
    form = forms.CategoryForm
    actions = ["move_up", "move_down"]

    def get_inlines(self, request: HttpRequest, obj: Category | None = None) -> list[Any]:
        return [CategoryTranslationInline] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Category | None = None) -> bool:
        return False

    @display(description=_lazy("name"))
    def indented(self, category: Category) -> str:
        return "– " * (category.depth - 1) + category.name

    @action(description=_lazy("Move up"), permissions=["change"])
    def move_up(self, request: HttpRequest, queryset: QuerySet[Category]) -> None:
        for category in queryset.order_by("path"):
            categories.shift(category_id=category.pk, is_up=True, by=requests.actor(request))

    @action(description=_lazy("Move down"), permissions=["change"])
    def move_down(self, request: HttpRequest, queryset: QuerySet[Category]) -> None:
        for category in queryset.order_by("-path"):
            categories.shift(category_id=category.pk, is_up=False, by=requests.actor(request))

    def save_model(self, request: HttpRequest, obj: Category, form: Any, change: bool) -> None:
        by = requests.actor(request)
        data = dict(form.cleaned_data)
        parent, picture = data.pop("parent"), data.pop("picture_file")
        if "picture_file" in form.changed_data:
            data["picture"] = pictures.keep_plain(content=picture, called=data["name"]) if picture else ""
        parent_id = UUID(parent) if parent else None
        if change:
            made = categories.update(category_id=obj.pk, by=by, **data)
            if "parent" in form.changed_data:
                made = categories.put_into(category_id=obj.pk, parent_id=parent_id, by=by)
        else:
            made = categories.create(by=by, parent_id=parent_id, **data)
        obj.pk = made.pk
        obj._state.adding = False

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        formset.save(commit=False)  # fills the lists that the change message is made of
        formset.keep(requests.actor(request))


@admin.register(Brand)
class BrandAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ["name", "slug", "is_active"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}

    def get_inlines(self, request: HttpRequest, obj: Brand | None = None) -> list[Any]:
        return [BrandTranslationInline] if obj else []

    def save_model(self, request: HttpRequest, obj: Brand, form: Any, change: bool) -> None:
        brands.save_brand(brand=obj, by=requests.actor(request))

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        formset.save(commit=False)  # fills the lists that the change message is made of
        formset.keep(requests.actor(request))


@admin.register(Seller)
class SellerAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ["name", "slug", "is_default"]
    search_fields = ["name"]


@admin.register(ProductType)
class ProductTypeAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ["name", "code", "tax_class"]
    search_fields = ["name", "code"]
    inlines = [inlines.AttributeInline, inlines.CustomFieldInline]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        brands.touch_product_type(product_type_id=form.instance.pk, by=requests.actor(request))
