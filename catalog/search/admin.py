"""What merchants say of words and searches, what they count for, and what shoppers search for."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display

from catalog.products import tree
from catalog.search import changes, curations, explaining, query, reports, wording
from catalog.search.forms import CurationForm, PinnedFormSet, StopWordForm, SynonymForm
from catalog.search.models import WEIGHTS, Curation, Pinned, Ranking, Searched, StopWord, Synonym
from shop.audit import services as audit
from shop.core import db, requests

_DAYS = (7, 30, 90)
_MOST = 50
_REPORTS = {
    "top": (_lazy("Searched for most"), reports.top),
    "empty": (_lazy("Without results"), reports.without_results),
    "unopened": (_lazy("Rarely opened"), reports.rarely_clicked),
}


class WordsAdmin(ModelAdmin):  # type: ignore[misc]
    """Rows that change what searches mean: whoever searches next sees it."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        self._renew(request, obj, "change" if change else "add")

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self._renew(request, obj, "delete")
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for row in queryset:
            self._renew(request, row, "delete")
        super().delete_queryset(request, queryset)

    def _renew(self, request: HttpRequest, obj: Any, what: str) -> None:
        audit.record(
            action=f"{self.opts.model_name}.{what}", by=requests.actor(request), object_type=str(self.opts.model_name),
            object_id=obj.pk, changes={"is": str(obj)}, using=db.CATALOG,
        )  # fmt: skip
        transaction.on_commit(wording.forget, using=db.CATALOG)
        changes.renew()


@admin.register(Synonym)
class SynonymAdmin(WordsAdmin):
    form = SynonymForm
    list_display = ("words", "is_active")
    list_filter = ("is_active",)
    search_fields = ("words",)


@admin.register(StopWord)
class StopWordAdmin(WordsAdmin):
    form = StopWordForm
    list_display = ("word",)
    search_fields = ("word",)
    list_per_page = 200


@admin.register(Ranking)
class RankingAdmin(WordsAdmin):
    """One row, opened at once."""

    fieldsets = (
        (_lazy("Where a word stands"), {"fields": ("name", "brand", "tags", "description")}),
        (_lazy("What else counts"), {"fields": ("category", "popularity", "rating", "freshness")}),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Ranking | None = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if self.has_view_permission(request):
            Ranking.objects.get_or_create(pk=1)
        return HttpResponseRedirect(reverse("admin:catalog_ranking_change", args=[1]))


class PinnedInline(TabularInline):  # type: ignore[misc]
    model = Pinned
    formset = PinnedFormSet
    fields = ("product", "place", "is_buried")
    autocomplete_fields = ("product",)
    extra = 0
    max_num = curations.MOST
    hide_title = True

    def has_add_permission(self, request: HttpRequest, obj: Curation | None = None) -> bool:
        return bool(request.user.has_perm("catalog.change_curation"))

    has_change_permission = has_delete_permission = has_view_permission = has_add_permission


@admin.register(Curation)
class CurationAdmin(WordsAdmin):
    form = CurationForm
    inlines = (PinnedInline,)
    list_display = ("words", "redirect_url", "pin_count", "is_active")
    list_filter = ("is_active",)
    search_fields = ("words",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Curation]:
        return super().get_queryset(request).annotate(pin_total=Count("pins"))  # type: ignore[no-any-return]

    @display(description=_lazy("products"), ordering="pin_total")
    def pin_count(self, row: Any) -> int:
        return int(row.pin_total)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        changes.renew()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {**super().get_changeform_initial_data(request), "words": request.GET.get("words", "")[:200]}


@admin.register(Searched)
class SearchedAdmin(ModelAdmin):  # type: ignore[misc]
    """Reports of what is searched for; and why results stand as they do."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Searched | None = None) -> bool:
        return False

    has_delete_permission = has_change_permission

    def get_urls(self) -> list[URLPattern]:
        own = path("explain/", self.admin_site.admin_view(self.explain), name="catalog_searched_explain")
        return [own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Which report, and of how many days, as the address says."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        name = request.GET.get("report", "top")
        name = name if name in _REPORTS else "top"
        days = next((days for days in _DAYS if str(days) == request.GET.get("days")), _DAYS[1])
        context = {
            "lines": _REPORTS[name][1](days, _MOST),
            "reports": [
                {"name": key, "label": label, "is_on": key == name} for key, (label, _make) in _REPORTS.items()
            ],
            "periods": [{"days": one, "is_on": one == days} for one in _DAYS],
            "report": name,
            "days": days,
            "may_curate": request.user.has_perm("catalog.add_curation"),
        }
        return self._page(request, "reports", _("Searches"), context)

    def explain(self, request: HttpRequest) -> HttpResponse:
        """Why the results of ?q= stand in their order."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked, _problems = query.parse({"q": [request.GET.get("q", "")]}, currency=settings.DEFAULT_CURRENCY)
        context: dict[str, Any] = {"query": asked.text}
        if asked.text:
            explained = explaining.explain(asked)
            paths = tree.tree().by_path
            context |= {
                "explained": explained,
                "categories": [paths[one].name for one in explained.categories if one in paths],
                "weights": _weights(),
            }
        return self._page(request, "explain", _("Why results stand so"), context)

    def _page(self, request: HttpRequest, template: str, title: str, context: dict[str, Any]) -> HttpResponse:
        full = {**self.admin_site.each_context(request), "opts": self.opts, "title": title, **context}
        return TemplateResponse(request, f"admin/catalog/searched/{template}.html", full)


def _weights() -> list[tuple[str, float]]:
    """What each thing counts, by its name."""
    labels = {field.name: str(field.verbose_name) for field in Ranking._meta.fields}
    now = wording.weights()
    return [(labels[name], getattr(now, name)) for name in WEIGHTS]
