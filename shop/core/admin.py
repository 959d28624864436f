"""The base of admin pages that only show, and of lists that stay fast however long they get."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.views.main import ORDER_VAR, PAGE_VAR
from django.core.paginator import Page, Paginator
from django.db.models import Model, ProtectedError, QuerySet
from django.db.models.deletion import Collector
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.views import ChangeList

from shop.core import actors, db, keyset


class ReadOnlyAdmin(ModelAdmin):  # type: ignore[misc]
    """Shows rows that nobody edits here. No full counts: the tables grow without end."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class UncountedPaginator(Paginator):  # type: ignore[type-arg]  # it has no type arguments when it runs
    """Numbered pages for the places that need numbers (choices of an autocomplete): the next one is always there
    until a page comes out short. Nothing is counted."""

    template_name = "admin/keyset_pages.html"

    @cached_property
    def count(self) -> int:
        return 10**9

    def page(self, number: int | str) -> _UncountedPage:
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        rows = list(self.object_list[first : first + self.per_page + 1])
        return _UncountedPage(rows[: self.per_page], number, self, has_more=len(rows) > self.per_page)


class _UncountedPage(Page):  # type: ignore[type-arg]
    def __init__(self, rows: list[Any], number: int, paginator: UncountedPaginator, *, has_more: bool) -> None:
        super().__init__(rows, number, paginator)
        self.has_more = has_more

    def has_next(self) -> bool:
        return self.has_more


class KeysetList(ChangeList):  # type: ignore[misc]
    """A list by key (`shop.core.keyset`), newest first or oldest first: no other order, no page numbers, no count."""

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[str]:
        return ["pk"] if self.is_ascending() else ["-pk"]

    def is_ascending(self) -> bool:
        """Whether the oldest come first: the one column that sorts was asked to."""
        asked = self.params.get(ORDER_VAR, "")
        return bool(asked) and not asked.startswith("-")

    def get_ordering_field_columns(self) -> dict[int, str]:
        return {
            number: "asc" if self.is_ascending() else "desc"
            for number, name in enumerate(self.list_display)
            if name in (self.sortable_by or ())
        }

    def get_results(self, request: HttpRequest) -> None:
        position = keyset.Position.read(request.GET.get(PAGE_VAR, ""), self.model)
        page = keyset.page(self.queryset, position, size=self.list_per_page, is_ascending=self.is_ascending())
        self.result_list = page.rows
        self.result_count = self.full_result_count = len(page.rows)
        self.about = None if self.filter_params else keyset.about(self.model, self.queryset.db)
        self.pages = {
            name: where and self.get_query_string({PAGE_VAR: where})
            for name, where in (("previous_url", page.previous), ("next_url", page.next), ("last_url", keyset.LAST))
        } | {"first_url": self.get_query_string() if position.kind else None}
        self.show_full_result_count = self.can_show_all = self.multi_page = False
        self.show_admin_actions = True
        self.paginator = UncountedPaginator(self.result_list, self.list_per_page)


class KeysetAdmin(ReadOnlyAdmin):
    """A list that costs the same at 30 rows and at a million. One column may sort (`sortable_by`): that of the time
    in the key.

    Offer only filters and searches that an index serves (`docs/performance.md`); filters never count their rows.
    """

    ordering = ["-id"]
    sortable_by: list[str] = []
    list_per_page = 50
    paginator = UncountedPaginator
    show_facets = admin.ShowFacets.NEVER

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[KeysetList]:
        return KeysetList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        return (self.find(request, queryset, term) if term else queryset), False

    def find(self, request: HttpRequest, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        """The rows that a search for `term`, which is not empty, means; by `search_fields` unless said otherwise."""
        found: QuerySet[Any] = super().get_search_results(request, queryset, term)[0]
        return found

    def get_sortable_by(self, request: HttpRequest) -> list[str]:
        """The column that shows the time which is in the key, if the list names one."""
        return list(self.sortable_by or ())


class NamedList(KeysetList):
    """A page whose rows know what people call those who did it: one query for all of them."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        names = actors.names(row.actor for row in self.result_list)
        for row in self.result_list:
            row.who = names[row.actor]


class NamedAdmin(KeysetAdmin):
    """A list of what somebody did: `who`, the column and field of their name, stands for the rows' `actor`."""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[KeysetList]:
        return NamedList

    @display(description=_("by"))
    def who(self, row: Any) -> str:
        found: str = row.who if hasattr(row, "who") else actors.names([row.actor])[row.actor]
        return found


class PeriodFilter(admin.SimpleListFilter):
    """By the time in the key, so that only a part of the index, or the partitions of the period, are read."""

    title = _("date")
    parameter_name = "days"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("1", _("Last 24 hours")),
            ("7", _("Last 7 days")),
            ("30", _("Last 30 days")),
            ("365", _("Last 365 days")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in {"1", "7", "30", "365"}:
            return queryset
        since = db.clock(queryset.db) - timedelta(days=int(str(self.value())))
        return queryset.filter(pk__gte=db.uuid7_floor(since))


class ValueFilter(admin.SimpleListFilter):
    """By a field with few values, of which those that there are come from an index that begins with it."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        using = model_admin.get_queryset(request).db
        return [(one, one) for one in keyset.values(model_admin.model, str(self.parameter_name), using)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(**{str(self.parameter_name): self.value()}) if self.value() else queryset


def as_id(term: str) -> UUID | None:
    """The key that was searched for; None when it is none."""
    try:
        return UUID(term)
    except ValueError:
        return None


def is_in_use(row: Model) -> bool:
    """Whether other rows keep this one from being deleted."""
    try:
        Collector(using=row._state.db or "default").collect([row])
    except ProtectedError:
        return True
    return False
