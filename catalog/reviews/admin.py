"""Moderation of reviews: those that wait first, one page for each with its photos, and the shop's answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from unfold.decorators import action, display

from catalog.products import selectors as products
from catalog.reviews import selectors, services
from catalog.reviews.merchant_forms import BulkForm, RejectForm, ReplyForm
from catalog.reviews.models import REPORTS, Review
from shop.core import requests
from shop.core.admin import KeysetAdmin, KeysetList, PeriodFilter, as_id

_TONES = {"published": "success", "pending": "warning", "rejected": "danger", "reported": "danger"}
_BADGE_MOST = 99


class StateFilter(admin.SimpleListFilter):
    """What waits for a decision, unless something else is asked for."""

    title = _lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("published", _lazy("Shown")), ("rejected", _lazy("Rejected")), ("all", _lazy("All"))]

    def choices(self, changelist: Any) -> Iterator[Any]:
        first, *others = super().choices(changelist)
        yield {**first, "display": _("Waiting for you")}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[Review]) -> QuerySet[Review]:
        if self.value() in Review.Status.values:
            return queryset.filter(status=self.value())
        return queryset if self.value() == "all" else queryset & selectors.waiting()


class ReviewList(KeysetList):
    """Brings the photos of a page's rows along: one query."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if StateFilter.parameter_name not in self.params:  # those that wait: how many all are would mislead
            self.about = None
            self.nothing = _("No review waits for you.")
        found = selectors.photos_of([row.pk for row in self.result_list])
        for row in self.result_list:
            row.shown_photos = found.get(row.pk, ())


@admin.register(Review)
class ReviewAdmin(KeysetAdmin):
    """Reviews are not edited: they are published, rejected or answered."""

    list_display = ["words", "stars", "product", "author", "is_verified", "pictures", "state", "created_at"]
    list_filter = [StateFilter, PeriodFilter]
    list_select_related = ["product"]
    search_fields = ["=id"]
    search_help_text = _lazy("The whole SKU of a product, or the id of a review")
    actions = ["publish", "reject"]
    action_form = BulkForm
    change_form_template = "admin/catalog/review/page.html"

    class Media:
        css = {"all": ["css/admin-review.css"]}

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[KeysetList]:
        return ReviewList

    def find(self, request: HttpRequest, queryset: QuerySet[Review], term: str) -> QuerySet[Review]:
        if key := as_id(term):
            return queryset.filter(pk=key)
        product_id = products.product_of_sku(term)
        return queryset.filter(product_id=product_id) if product_id else queryset.none()

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("catalog.change_review"))

    def get_urls(self) -> list[URLPattern]:
        pages = {"publish": self.publish_one, "reject": self.reject_one, "reply": self.reply_one}
        own = [
            path(f"<uuid:review_id>/{name}/", self.admin_site.admin_view(page), name=f"catalog_review_{name}")
            for name, page in pages.items()
        ]
        return own + super().get_urls()

    @display(description=_lazy("review"))
    def words(self, review: Review) -> str:
        return Truncator(review.title or review.body or _("No words")).chars(60)

    @display(description=_lazy("stars"))
    def stars(self, review: Review) -> str:
        return f"{'★' * review.rating}{'☆' * (5 - review.rating)}"

    @display(description=_lazy("photos"))
    def pictures(self, review: Any) -> str:
        image = '<img src="{}" alt="" width="40" height="40" loading="lazy">'
        rows = ((one.small_url,) for one in review.shown_photos)
        return format_html('<span class="review-thumbs">{}</span>', format_html_join("", image, rows))

    @display(description=_lazy("state"), label=_TONES)
    def state(self, review: Review) -> tuple[str, str]:
        if review.report_count >= REPORTS:
            return "reported", _("reported by %(count)d") % {"count": review.report_count}
        return review.status, review.get_status_display()

    @action(description=_lazy("Publish"), permissions=["moderate"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Review]) -> None:
        self._each(request, queryset, lambda key, by: services.publish(review_id=key, by=by))

    @action(description=_lazy("Reject"), permissions=["moderate"])
    def reject(self, request: HttpRequest, queryset: QuerySet[Review]) -> None:
        why = request.POST.get("reason", "").strip()
        if not why:
            messages.error(request, _("Say why not: their authors read it."))
            return
        self._each(request, queryset, lambda key, by: services.reject(review_id=key, by=by, reason=why))

    def _each(self, request: HttpRequest, queryset: QuerySet[Review], moderate: Callable[[UUID, str], Any]) -> None:
        ids: list[UUID] = list(queryset.values_list("pk", flat=True))
        try:
            for review_id in ids:
                moderate(review_id, requests.actor(request))
        except services.BadReview as bad:
            messages.error(request, str(bad))
            return
        text = ngettext("%(count)d review moderated.", "%(count)d reviews moderated.", len(ids)) % {"count": len(ids)}
        messages.success(request, text)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        review = self.get_object(request, object_id)
        if review is None or not self.has_view_permission(request, review):
            return super().change_view(request, object_id, form_url, extra_context)
        return self._page(request, review)

    def publish_one(self, request: HttpRequest, review_id: UUID) -> HttpResponse:
        """POST: shown from now on, or left there although it was reported."""
        review = self._moderated(request, review_id)
        services.publish(review_id=review.pk, by=requests.actor(request))
        messages.success(request, _("The review is shown."))
        return HttpResponseRedirect(reverse("admin:catalog_review_changelist"))

    def reject_one(self, request: HttpRequest, review_id: UUID) -> HttpResponse:
        """POST `reason`: not shown (any more)."""
        review = self._moderated(request, review_id)
        form = RejectForm(request.POST)
        if not form.is_valid():
            return self._page(request, review, reject_form=form)
        services.reject(review_id=review.pk, by=requests.actor(request), reason=form.cleaned_data["reason"])
        messages.success(request, _("The review is not shown."))
        return HttpResponseRedirect(reverse("admin:catalog_review_changelist"))

    def reply_one(self, request: HttpRequest, review_id: UUID) -> HttpResponse:
        """POST `reply`: what stands below it."""
        review = self._moderated(request, review_id)
        form = ReplyForm(request.POST)
        if not form.is_valid():
            return self._page(request, review, reply_form=form)
        services.reply(review_id=review.pk, by=requests.actor(request), text=form.cleaned_data["reply"])
        messages.success(request, _("The answer is kept."))
        return HttpResponseRedirect(reverse("admin:catalog_review_change", args=[review.pk]))

    def _moderated(self, request: HttpRequest, review_id: UUID) -> Review:
        if not self.has_moderate_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            raise Http404
        try:
            return self.get_queryset(request).get(pk=review_id)
        except ObjectDoesNotExist:
            raise Http404 from None

    def _page(self, request: HttpRequest, review: Review, **bound: Any) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": _("Review"),
            "opts": self.opts,
            "review": review,
            "photos": selectors.photos_of([review.pk]).get(review.pk, []),
            "state": self.state(review)[1],
            "tone": _TONES[self.state(review)[0]],
            "is_reported": review.report_count > 0,
            "may_moderate": self.has_moderate_permission(request),
            "reject_form": RejectForm(initial={"reason": review.reason}),
            "reply_form": ReplyForm(initial={"reply": review.reply}),
            **bound,
        }
        return TemplateResponse(request, self.change_form_template, context, status=422 if bound else 200)


def waiting_badge(request: HttpRequest) -> str:
    """How many reviews wait, beside their page's name; empty for none."""
    number = selectors.waiting()[: _BADGE_MOST + 1].count()
    return f"{_BADGE_MOST}+" if number > _BADGE_MOST else str(number or "")
