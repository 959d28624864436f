"""Promotions and coupons in the admin."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Upper
from django.forms.widgets import Script
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect, StreamingHttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action, display

from cart.promotions import rules, selectors, services, tasks, usage
from cart.promotions.coupon_forms import CodeBatchForm, CouponForm, CouponFormSet
from cart.promotions.forms import FIELDS, PromotionForm
from cart.promotions.models import CodeBatch, Coupon, Promotion, Redemption
from shop.core import db, links
from shop.core.admin import KeysetAdmin, KeysetList, as_id
from shop.core.links import Link
from shop.core.money import Money

_TERMS = list(dict.fromkeys(field for fields in FIELDS.values() for field in fields))


class CouponInline(TabularInline):  # type: ignore[misc]
    model = Coupon
    form, formset = CouponForm, CouponFormSet
    fields = ["code", "usage_limit", "used", "is_active"]
    readonly_fields = ["used"]
    extra = 0
    can_delete = False

    def get_queryset(self, request: Any) -> Any:
        """Those that were typed; a batch has its own page."""
        return super().get_queryset(request).filter(batch__isnull=True)


@admin.register(Promotion)
class PromotionAdmin(ModelAdmin):  # type: ignore[misc]
    form = PromotionForm
    list_display = ["name", "status", "lane", "kind", "priority", "needs_code", "uses", "spent", "starts_at", "ends_at"]
    list_filter = ["status", "lane", "kind"]
    sortable_by = ["name", "status", "lane", "kind", "priority", "needs_code", "starts_at", "ends_at"]
    search_fields = ["name", "=coupons__code"]
    inlines = [CouponInline]
    readonly_fields = ["uses", "spent"]
    actions_detail = ["simulate"]
    fieldsets = [
        (None, {"fields": ["name", "status", "kind", "lane", "note"]}),
        (_("What it gives"), {"fields": _TERMS, "description": _("Only what belongs to the kind counts.")}),
        (
            _("For what, and whom"),
            {
                "fields": [
                    "what_for",
                    "minimum",
                    "minimum_quantity",
                    "countries",
                    "groups",
                    "channels",
                    "deliveries",
                    "is_first_order",
                    "customer_limit",
                    "needs_code",
                ]
            },
        ),
        (
            _("When, and how often"),
            {"fields": ["starts_at", "ends_at", "usage_limit", "budget", "uses", "spent"]},
        ),
        (_("Beside others"), {"fields": ["priority", "is_combinable", "is_exclusive"]}),
    ]

    class Media:
        js = [Script("js/promotion.js", type="module")]  # once the page is there

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """With what the promotions of this page were used for: one query at most."""
        found = super().get_changelist_instance(request)
        used = usage.recent_uses([row.pk for row in found.result_list])
        for row in found.result_list:
            row.use = used[row.pk]
        return found

    @display(description=_("used"))
    def uses(self, row: Promotion) -> str:
        return f"{_use(row).count:,}"

    @display(description=_("took off"))
    def spent(self, row: Promotion) -> str:
        return str(_use(row))

    @action(description=_("Try it on past orders"), url_path="simulate", permissions=["view"])
    def simulate(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        page = reverse("admin:checkout_simulation_add")
        return HttpResponseRedirect(f"{page}?{urlencode({'promotion': object_id})}")

    def save_model(self, request: Any, obj: Promotion, form: Any, change: bool) -> None:
        services.save(obj)

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        row = form.instance
        if row.status == Promotion.Status.ACTIVE and row.needs_code and not selectors.has_codes(row.pk):
            messages.warning(request, _("Nobody can use it yet: it is by coupon only, and has no active coupon."))

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        """Redemptions point to it; one that is over is ended."""
        return False


def _use(row: Any) -> usage.Use:
    """What it was used for; read once for its page, and for a list beforehand."""
    if not hasattr(row, "use"):
        row.use = usage.uses([row.pk]).get(row.pk, usage.NONE) if row.pk else usage.NONE
    found: usage.Use = row.use
    return found


@admin.register(Coupon)
class CouponAdmin(ModelAdmin):  # type: ignore[misc]
    form = CouponForm
    list_display = ["code", "promotion", "used", "usage_limit", "is_active"]
    list_filter = ["is_active"]
    list_select_related = ["promotion"]
    search_fields = ["code"]
    readonly_fields = ["used", "batch"]


@admin.register(CodeBatch)
class CodeBatchAdmin(ModelAdmin):  # type: ignore[misc]
    form = CodeBatchForm
    list_display = ["promotion", "prefix", "number", "made", "codes", "created_at"]
    list_select_related = ["promotion"]
    readonly_fields = ["made", "codes"]

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.download)
        return [path("<uuid:batch_id>/codes.csv", page, name="cart_codebatch_codes"), *super().get_urls()]

    @display(description=_("codes"))
    def codes(self, batch: CodeBatch) -> str:
        if not batch.made:
            return ""
        return format_html('<a href="{}">CSV</a>', reverse("admin:cart_codebatch_codes", args=[batch.pk]))

    def download(self, request: HttpRequest, batch_id: UUID) -> HttpResponseBase:
        """The codes that were made so far, one a line, with how often each was used."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = selectors.codes_of(batch_id)
        lines = (f"{code},{used}\r\n" for code, used in [("code", "used"), *rows])
        name = f"codes-{batch_id}.csv"
        return StreamingHttpResponse(
            lines, "text/csv", headers={"Content-Disposition": f'attachment; filename="{name}"'}
        )

    def save_model(self, request: Any, obj: CodeBatch, form: Any, change: bool) -> None:
        obj.save()
        transaction.on_commit(partial(tasks.make_codes.delay, str(obj.pk)), using=db.DEFAULT, robust=True)

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        """What was printed stays as it is."""
        return obj is None and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        return False


class RedemptionList(KeysetList):
    """A page of redemptions, each with the link of its order: one query for all of them."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        found = links.links(f"order:{row.order_id}" for row in self.result_list)
        for row in self.result_list:
            row.order_link = found.get(f"order:{row.order_id}")


@admin.register(Redemption)
class RedemptionAdmin(KeysetAdmin):
    list_display = ["redeemed_at", "promotion", "coupon", "order", "amount", "returned_at"]
    list_select_related = ["promotion", "coupon"]
    sortable_by = ["redeemed_at"]
    search_fields = ["order_id"]
    search_help_text = _("The beginning of an order's number or e-mail address, or a whole coupon")
    fields = ["promotion", "coupon", "order", "amount", "redeemed_at", "returned_at"]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[KeysetList]:
        return RedemptionList

    def find(self, request: HttpRequest, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        key = as_id(term)
        coupons = Coupon.objects.alias(upper=Upper("code")).filter(upper=rules.canonical(term))
        orders = [key] if key else links.references(term)
        return queryset.filter(Q(order_id__in=orders) | Q(coupon__in=list(coupons.values_list("pk", flat=True))))

    @display(description=_("order"))
    def order(self, row: Redemption) -> str:
        name = f"order:{row.order_id}"
        link: Link | None = row.order_link if hasattr(row, "order_link") else links.links([name]).get(name)
        return link.html if link else str(row.order_id)

    @display(description=_("took off"))
    def amount(self, row: Redemption) -> str:
        return Money(row.amount_minor, row.currency).format() if row.currency else str(row.amount_minor)
