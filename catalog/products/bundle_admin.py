"""Bundles in the admin: variants with parts. A variant becomes one by its first part."""

from __future__ import annotations

from copy import copy
from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display
from unfold.views import ChangeList

from catalog.bundles import services
from catalog.bundles.merchant_forms import PartForm, PartFormSet
from catalog.bundles.models import BundlePart
from catalog.products import forms
from catalog.products.models import Variant
from shop.core import requests


class PartInline(TabularInline):  # type: ignore[misc]
    model = BundlePart
    fk_name = "bundle"
    form, formset = PartForm, PartFormSet
    fields = ["sku", "quantity", "position"]
    extra = 0
    hide_title = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[BundlePart]:
        return super().get_queryset(request).select_related("component")  # type: ignore[no-any-return]

    def get_formset(self, request: HttpRequest, obj: Variant | None = None, **kwargs: Any) -> Any:
        limits = forms.row_limits(BundlePart.objects.filter(bundle=obj).count() if obj else 0)
        return super().get_formset(request, obj, **kwargs, **limits)


class BundleList(ChangeList):
    """Says where a bundle is made: on its product's page, not here."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.opts = self.model_admin.opts
        self.title = str(self.opts.verbose_name_plural)

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if not self.query:
            self.full_result_count = self.result_count
        self.nothing = _("No bundles yet. Make one on a product's page: Variants, then “Parts” beside a variant.")


@admin.register(Variant)
class BundleAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ["sku", "product_name", "part_count"]
    search_fields = ["sku"]
    search_help_text = _lazy("SKU of a bundle")
    ordering = ["sku"]
    show_full_result_count = False
    inlines = [PartInline]
    fields = ["sku_shown", "product_name"]
    readonly_fields = ["sku_shown", "product_name"]

    def __init__(self, model: type[Variant], site: admin.AdminSite) -> None:
        super().__init__(model, site)
        named: Any = copy(model._meta)  # variants are called bundles here, and nowhere else
        named.verbose_name, named.verbose_name_plural = _lazy("bundle"), _lazy("bundles")
        self.opts = named

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return BundleList

    def get_queryset(self, request: HttpRequest) -> QuerySet[Variant]:
        rows: QuerySet[Variant] = super().get_queryset(request).select_related("product")
        rows = rows.annotate(part_count=Count("parts"))
        is_list = request.resolver_match is not None and str(request.resolver_match.url_name).endswith("changelist")
        return rows.filter(part_count__gt=0) if is_list else rows

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Variant | None = None) -> bool:
        return False

    @display(description="SKU")
    def sku_shown(self, variant: Variant) -> str:
        return variant.sku

    @display(description=_lazy("product"))
    def product_name(self, variant: Variant) -> str:
        address = reverse("admin:catalog_product_change", args=[variant.product_id])
        return format_html(
            '<a class="text-primary-600 dark:text-primary-500" href="{}">{}</a>', address, variant.product.name
        )

    @display(description=_lazy("parts"), ordering="part_count")
    def part_count(self, variant: Any) -> int:
        return int(variant.part_count)

    def save_model(self, request: HttpRequest, obj: Variant, form: Any, change: bool) -> None:
        """A variant itself is changed on its product's page."""

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        formset.save(commit=False)  # fills the lists that the change message is made of
        variant = form.instance
        try:
            services.save_parts(
                formset=formset, variant_id=variant.pk, product_id=variant.product_id, by=requests.actor(request)
            )
        except services.Nested:
            messages.error(request, _("A bundle has no bundle in it. Nothing was saved."))
