"""Reviews over REST: reading them, writing and changing one's own, and judging those of others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django_ratelimit.core import is_ratelimited
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import permissions, serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.api import reads, shapes
from catalog.reviews import selectors, services, votes
from catalog.reviews.rules import SORTS, Wish
from catalog.reviews.selectors import Shown
from shop.core import photos, requests, rest
from shop.core.parsers import JSONParser

_ERROR = inline_serializer("ReviewError", {"error": serializers.DictField()})
_BODIES = {"application/json": shapes.ReviewIn, "multipart/form-data": shapes.ReviewForm}
_WISH = [
    OpenApiParameter("sort", str, enum=list(SORTS)),
    OpenApiParameter("stars", int, description="only those that gave so many"),
    OpenApiParameter("withPhotos", bool),
]


class SignedInWrites(permissions.BasePermission):
    """Anyone may read; who is signed in may write."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.method in permissions.SAFE_METHODS or bool(request.user.is_authenticated)


class ReviewView(APIView):
    permission_classes = [SignedInWrites]


class ProductReviews(ReviewView):
    parser_classes = [JSONParser, MultiPartParser]

    @extend_schema(
        operation_id="reviews_list",
        parameters=[*reads.PAGE, *_WISH],
        responses={200: shapes.ReviewPage, 400: _ERROR, 404: _ERROR},
    )
    def get(self, request: Request, product_id: str) -> HttpResponseBase:
        """Published reviews with the product's rating; `total` is how many are asked for."""
        known, wish = reads.existing(product_id), _wish(request)
        number, limit = rest.page_of(request)
        summary = selectors.summary(known)
        total = selectors.count(known, wish) if wish.is_filtered else summary.count if summary else 0
        rows = [_shown(one) for one in selectors.reviews_of(known, number, limit, wish=wish)]
        data = rest.listing("data", rows, total=total, page=number, limit=limit)
        data["rating"] = {
            "average": summary.average if summary else None,
            "count": summary.count if summary else 0,
            "histogram": [{"stars": one.stars, "count": one.count} for one in (summary.bars if summary else ())],
        }
        return rest.conditional(request, data)

    @extend_schema(
        operation_id="reviews_post",
        request=_BODIES,
        responses={201: shapes.ReviewPosted, 400: _ERROR, 404: _ERROR, 409: _ERROR, 429: _ERROR},
    )
    @rest.idempotent()
    def post(self, request: Request, product_id: str) -> Response:
        """One's own review, as JSON or, with photos, as a form. 409 "already_reviewed" for a second one, 400
        "bad_photo" or "too_many_photos" for files that are not taken."""
        known, given = reads.key(product_id), _given(request)
        made = _kept(lambda pictures: services.post(product_id=known, pictures=pictures, **_who(request), **given),
                     request)  # fmt: skip
        response = Response(_state(made), status=201)
        response["Location"] = requests.absolute(reverse("api_review", args=[made.pk]))
        return response


class OwnReview(ReviewView):
    permission_classes = [permissions.IsAuthenticated]
    parser_classes = [JSONParser, MultiPartParser]

    @extend_schema(operation_id="reviews_own", responses={200: shapes.OwnReviewOut, 404: _ERROR})
    def get(self, request: Request, review_id: UUID) -> Response:
        """One's own review, whatever its state; anyone else's is 404."""
        own = selectors.own(customer_id=_customer(request), review_id=review_id)
        if own is None:
            raise _missing()
        return Response(
            {"id": str(own.id), "status": own.status, "reason": own.reason, "rating": own.rating, "title": own.title,
             "body": own.body, "author": own.author, "photos": _photos(own.photos)}
        )  # fmt: skip

    @extend_schema(
        operation_id="reviews_change",
        request=_BODIES,
        responses={200: shapes.ReviewPosted, 400: _ERROR, 404: _ERROR, 429: _ERROR},
    )
    @rest.idempotent()
    def put(self, request: Request, review_id: UUID) -> Response:
        """Say something else; photos in `dropPhotos` (ids) go. It waits for a moderator again."""
        given = _given(request, shapes.ReviewChange)
        dropped = given.pop("drop_photos")
        made = _kept(
            lambda pictures: services.revise(
                review_id=review_id, pictures=pictures, dropped=dropped, **_who(request), **given
            ),
            request,
        )
        return Response(_state(made))


class ReviewHelpful(ReviewView):
    permission_classes = [permissions.IsAuthenticated]

    @extend_schema(
        operation_id="reviews_vote", request=None, responses={200: shapes.HelpfulOut, 404: _ERROR, 409: _ERROR}
    )
    def put(self, request: Request, review_id: UUID) -> Response:
        """Find a review helpful; twice is once. 409 "own_review" for one's own."""
        return _judged(request, review_id, votes.vote)

    @extend_schema(
        operation_id="reviews_unvote", request=None, responses={200: shapes.HelpfulOut, 404: _ERROR, 409: _ERROR}
    )
    def delete(self, request: Request, review_id: UUID) -> Response:
        """Take it back."""
        return _judged(request, review_id, votes.unvote)


class ReviewReports(ReviewView):
    permission_classes = [permissions.IsAuthenticated]

    @extend_schema(operation_id="reviews_report", request=None, responses={204: None, 404: _ERROR, 409: _ERROR})
    def post(self, request: Request, review_id: UUID) -> Response:
        """Say that a review should not be there; twice is once."""
        _limit(request, "review-report", "20/10m")
        by = requests.actor(request._request)
        _answered(lambda: votes.report(review_id=review_id, customer_id=_customer(request), by=by))
        return Response(status=204)


def _judged(request: Request, review_id: UUID, judge: Callable[..., int]) -> Response:
    _limit(request, "review-vote", "60/10m")
    number = _answered(lambda: judge(review_id=review_id, customer_id=_customer(request)))
    return Response({"helpful_count": number, "has_voted": judge is votes.vote})


def _answered(work: Callable[[], Any]) -> Any:
    try:
        return work()
    except votes.OwnReview:
        raise rest.ApiError("own_review", _("This is your own review."), 409) from None
    except ObjectDoesNotExist:
        raise _missing() from None


def _kept(write: Callable[[list[bytes]], Any], request: Request) -> Any:
    """What `write` made with the photos of the call. Raises `ApiError`."""
    _limit(request, "review", "20/10m")
    try:
        return write(photos.taken(request.FILES.getlist("photos")))
    except ObjectDoesNotExist:
        raise (_missing() if request.method == "PUT" else reads.missing()) from None
    except services.AlreadyReviewed:
        raise rest.ApiError("already_reviewed", _("You have reviewed this product before."), 409) from None
    except services.BadPhoto as bad:
        raise rest.ApiError(bad.code, str(bad), 400, {"photos": [str(bad)]}) from bad
    except services.BadReview as bad:
        fields = {name: [text] for name, text in bad.fields.items()}
        raise rest.ApiError("validation_error", _("Some of the input is not valid."), 400, fields) from bad


def _customer(request: Request) -> UUID:
    """Who is signed in, as the permissions demand."""
    return UUID(str(request.user.pk))


def _who(request: Request) -> dict[str, Any]:
    return {"customer_id": _customer(request), "by": requests.actor(request._request)}


def _given(request: Request, shape: type[serializers.Serializer[Any]] = shapes.ReviewIn) -> dict[str, Any]:
    data = request.data
    if isinstance(data, QueryDict):
        several = data.getlist("dropPhotos") or data.getlist("drop_photos")
        data = {**data.dict(), **({"drop_photos": several} if several else {})}
    if not isinstance(data, dict):
        raise rest.ApiError("validation_error", _("Some of the input is not valid."), 400, {"": [_("Send an object.")]})
    found = shape(data=data)
    found.is_valid(raise_exception=True)
    return dict(found.validated_data)


def _wish(request: Request) -> Wish:
    """Raises `ApiError` ("validation_error") for what cannot be understood."""
    given, fields = request.query_params, {}
    sort, stars, with_photos = given.get("sort", "newest"), given.get("stars"), given.get("withPhotos", "false")
    if sort not in SORTS:
        fields["sort"] = [_("One of: %(names)s") % {"names": ", ".join(SORTS)}]
    if stars not in {None, "1", "2", "3", "4", "5"}:
        fields["stars"] = [_("A whole number from 1 to %(highest)s.") % {"highest": 5}]
    if with_photos not in {"true", "false"}:
        fields["withPhotos"] = [_("One of: %(names)s") % {"names": "true, false"}]
    if fields:
        raise rest.ApiError("validation_error", _("Some of the input is not valid."), 400, fields)
    return Wish(sort, int(stars) if stars else None, with_photos == "true")


def _limit(request: Request, group: str, rate: str) -> None:
    if is_ratelimited(request._request, group=group, key="user_or_ip", rate=rate, increment=True):
        raise rest.ApiError("rate_limited", _("Too many tries. Please wait a few minutes."), 429)


def _missing() -> rest.ApiError:
    return rest.ApiError("not_found", _("There is no such review."), 404)


def _state(made: Any) -> dict[str, Any]:
    return {"id": str(made.pk), "status": made.status, "is_verified": made.is_verified}


def _shown(shown: Shown) -> dict[str, Any]:
    """A review as `ReviewOut`."""
    reply = {"body": shown.reply, "created_at": shown.replied_at.isoformat() if shown.replied_at else None}
    return {
        "id": str(shown.id), "rating": shown.rating, "title": shown.title, "body": shown.text, "author": shown.author,
        "is_verified": shown.is_verified, "created_at": shown.written_at.isoformat(),
        "edited_at": shown.edited_at.isoformat() if shown.edited_at else None, "helpful_count": shown.helpful,
        "photos": _photos(shown.photos), "reply": reply if shown.reply else None,
    }  # fmt: skip


def _photos(found: Any) -> list[dict[str, Any]]:
    return [
        {"id": str(one.id), "url": one.url, "thumbnail": one.small_url, "width": one.width, "height": one.height}
        for one in found
    ]
