"""The reviews of a product: a fragment of its page, and pages of their own; writing one, and judging others'."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers
from django_ratelimit.core import is_ratelimited

from catalog.products import gone, renamed, showing
from catalog.products import selectors as products
from catalog.reviews import forms, page, selectors, services, votes
from catalog.reviews.rules import Wish
from catalog.reviews.selectors import Own, Reviewable
from shop.core import pages, requests
from shop.core.origins import same_origin
from shop.core.responses import SeeOther


@require_safe
@vary_on_headers("HX-Request")
@pages.public(of=showing.pages_of, takes=("sort", "stars", "photos", "page"))
@renamed.led_on
def product_reviews(request: HttpRequest, slug: str) -> HttpResponse:
    """Summary and one page of reviews; `?sort= &stars= &photos=1 &page=` from 1."""
    there = products.addressed(slug)
    given = request.GET.get("page", "1")
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0
    if there is None or not 1 <= number <= page.MAX_PAGE:
        raise Http404
    context = page.listed(slug, there.id, Wish.read(request.GET.dict()), number, requests.customer_id(request))
    if context is None:
        raise Http404
    status = gone.status(is_archived=there.is_archived)
    if request.htmx:  # type: ignore[attr-defined]
        context["is_fragment"] = True
        return _shown(request, f"catalog/reviews/{'_reviews' if number == 1 else '_more'}.html", context, status)
    cards = products.cards([there.id], currency=settings.DEFAULT_CURRENCY)  # of which the page shows no price
    context["product"] = (
        cards[0] if cards else {"name": products.name_of(there.id), "url": reverse("product_detail", args=[slug])}
    )
    return _shown(request, "catalog/reviews/list.html", context, status)


def _shown(request: HttpRequest, template: str, context: dict[str, Any], status: int) -> HttpResponse:
    """Everybody's, and not for search engines: the product's page quotes what they should read."""
    response = render(request, template, context, status=status)
    response["X-Robots-Tag"] = "noindex"
    return response


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@renamed.led_on
def write(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /products/<slug>/reviews/write/ shows the form, with what this customer has said before; POST keeps it."""
    product, customer_id = selectors.reviewable(slug), requests.customer_id(request)
    if product is None or customer_id is None:
        raise Http404
    mine = selectors.own(customer_id=customer_id, product_id=product.id)
    if request.method != "POST":
        return _form(request, product, mine, forms.ReviewForm(mine=mine, name=_name(request)))
    form = forms.ReviewForm(request.POST, request.FILES, mine=mine)
    if is_ratelimited(request, group="review", key="user_or_ip", rate="20/10m", increment=True):
        form.add_error(None, _("Too many tries. Please wait a few minutes."))
        return _form(request, product, mine, form, status=429)
    if not form.is_valid():
        return _form(request, product, mine, form, status=422)
    return _keep(request, product, mine, form)


@require_POST
@same_origin
def helpful(request: HttpRequest, review_id: UUID) -> HttpResponse:
    """POST /reviews/<id>/helpful/ `vote=1|0, next`: find a review helpful, or take that back."""
    customer_id, back = requests.customer_id(request), _back(request, review_id)
    if customer_id is None:
        messages.info(request, _("Please sign in to say that a review is helpful."))
        return _to_sign_in(request, back)
    if is_ratelimited(request, group="review-vote", key="user_or_ip", rate="60/10m", increment=True):
        return _voted(request, review_id, back, _("Too many tries. Please wait a few minutes."), status=429)
    try:
        judge = votes.unvote if request.POST.get("vote") == "0" else votes.vote
        judge(review_id=review_id, customer_id=customer_id)
    except votes.OwnReview:
        return _voted(request, review_id, back, _("This is your own review."), status=409)
    except ObjectDoesNotExist:
        raise Http404 from None
    return _voted(request, review_id, back)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, review_id: UUID) -> HttpResponse:
    """GET /reviews/<id>/report/ asks, POST says that a review should not be there."""
    customer_id = requests.customer_id(request)
    review, back = selectors.shown(review_id, customer_id), _back(request, review_id)
    if review is None or customer_id is None:
        raise Http404
    if request.method != "POST":
        return render(request, "catalog/reviews/report.html", {"review": review, "back": back})
    if is_ratelimited(request, group="review-report", key="user_or_ip", rate="20/10m", increment=True):
        context = {"review": review, "back": back, "problem": _("Too many tries. Please wait a few minutes.")}
        return render(request, "catalog/reviews/report.html", context, status=429)
    try:
        votes.report(review_id=review_id, customer_id=customer_id, by=requests.actor(request))
        messages.success(request, _("Thank you. If more people say so, somebody of the shop looks at it."))
    except votes.OwnReview:
        messages.error(request, _("This is your own review."))
    except ObjectDoesNotExist:
        raise Http404 from None
    return SeeOther(back)


def _form(
    request: HttpRequest, product: Reviewable, mine: Own | None, form: forms.ReviewForm, *, status: int = 200
) -> HttpResponse:
    dropped = form["dropped"].value() or []
    context = {
        "product": product,
        "mine": mine,
        "form": form,
        "kept": [{"photo": one, "is_dropped": str(one.id) in dropped} for one in form.kept],
        "reviews_url": reverse("product_reviews", args=[product.slug]),
    }
    return render(request, "catalog/reviews/write.html", context, status=status)


def _keep(request: HttpRequest, product: Reviewable, mine: Own | None, form: forms.ReviewForm) -> HttpResponse:
    given = form.cleaned_data
    words: dict[str, Any] = {name: given[name] for name in ("rating", "title", "body", "author")}
    words |= {"customer_id": request.user.pk, "pictures": given["photos"], "by": requests.actor(request)}
    try:
        if mine is None:
            review = services.post(product_id=product.id, **words)
        else:
            review = services.revise(review_id=mine.id, dropped=[UUID(one) for one in given["dropped"]], **words)
    except services.AlreadyReviewed:  # from another tab
        messages.info(request, _("You have reviewed this product before. Here is what you said."))
        return SeeOther(reverse("review_write", args=[product.slug]))
    except (services.BadPhoto, services.BadReview) as bad:
        for name, problem in getattr(bad, "fields", {"photos": str(bad)}).items():
            form.add_error(name if name in form.fields else None, problem)
        return _form(request, product, mine, form, status=422)
    except ObjectDoesNotExist:
        raise Http404 from None
    shown, read = _("Thank you. Your review is in the shop now."), _("Thank you. We read it before we show it.")
    messages.success(request, shown if review.status == review.Status.PUBLISHED else read)
    return SeeOther(reverse("product_reviews", args=[product.slug]))


def _voted(
    request: HttpRequest, review_id: UUID, back: str, problem: str = "", *, status: int = 200
) -> HttpResponse:  # fmt: skip
    if not request.htmx:  # type: ignore[attr-defined]
        if problem:
            messages.error(request, problem)
        return SeeOther(back)
    review = selectors.shown(review_id, requests.customer_id(request))
    if review is None:
        raise Http404
    context = {"review": review, "problem": problem, "here": back.partition("#")[0]}
    return render(request, "catalog/reviews/_helpful.html", context, status=status)


def _back(request: HttpRequest, review_id: UUID) -> str:
    """The list that the review was read on, at the review. Raises `Http404` for what is not shown."""
    slug = selectors.place_of(review_id)
    if slug is None:
        raise Http404
    own, came = reverse("product_reviews", args=[slug]), request.POST.get("next") or request.GET.get("next") or ""
    path, _mark, query = came.partition("#")[0].partition("?")
    return f"{own}{'?' + query if query and path == own and query.isprintable() else ''}#review-{review_id}"


def _to_sign_in(request: HttpRequest, back: str) -> HttpResponse:
    answer = redirect_to_login(back)
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(headers={"HX-Redirect": answer["Location"]})
    return answer


def _name(request: HttpRequest) -> str:
    """What others may know of whoever is signed in: "Ada L."."""
    first, last = getattr(request.user, "first_name", ""), getattr(request.user, "last_name", "")
    return f"{first} {last[:1]}{'.' if first and last else ''}".strip()
