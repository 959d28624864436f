"""The manners of the REST API: one shape of error, pages, and `Idempotency-Key` on unsafe calls."""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import IntegrityError, InterfaceError, OperationalError, connections, transaction
from django.db.models.functions import Now
from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import set_rollback

from shop.core import db, requests
from shop.core.models import IdempotentCall

MAX_LIMIT, DEFAULT_LIMIT, MAX_PAGE = 100, 20, 1000
LIMITED_FOR = 600  # seconds: after so long every limit of tries has begun anew
RETRY_AFTER = 5  # seconds, told with every 503
RUNNING_FOR = timedelta(seconds=60)  # a call that died is free to be tried again after this
_UNKEPT = re.compile("[\x00\ud800-\udfff]")  # signs that neither UTF-8 nor a JSON column can hold
_kept: set[UUID] = set()  # calls of this process that are over, and whose keys could not be given back: see `_let_go`


class ApiError(exceptions.APIException):
    """A refusal with a stable `code`, a sentence, an HTTP status and, for input, messages by field.

    `wait`: after how many seconds the call may work; `middleware.security_headers` knows it of other 429s.
    """

    def __init__(
        self, code: str, message: str, status_code: int = 400, fields: Mapping[str, Any] | None = None,
        *, wait: int | None = None,
    ) -> None:  # fmt: skip
        super().__init__(message, code)
        self.code, self.message, self.status_code, self.fields, self.wait = code, message, status_code, fields, wait


def error_body(code: str, message: str, fields: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """`{error: {code, message, fields?}}`; what was sent and is quoted in it can be written, whatever it was."""
    error: dict[str, Any] = {"code": code, "message": message}
    if fields:
        error["fields"] = fields
    return {"error": _writable(error)}


def _writable(value: Any) -> Any:
    if isinstance(value, str):
        return _UNKEPT.sub("\ufffd", value)
    if isinstance(value, Mapping):
        return {_writable(key): _writable(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_writable(one) for one in value]
    return value


_CODES: tuple[tuple[type[Exception], str], ...] = (
    (exceptions.NotAuthenticated, "not_authenticated"),
    (exceptions.AuthenticationFailed, "invalid_token"),
    (exceptions.PermissionDenied, "permission_denied"),
    (exceptions.NotFound, "not_found"),
    (exceptions.MethodNotAllowed, "method_not_allowed"),
    (exceptions.UnsupportedMediaType, "unsupported_media_type"),
    (exceptions.NotAcceptable, "not_acceptable"),
    (exceptions.Throttled, "rate_limited"),
    (exceptions.ParseError, "invalid_json"),
)


def exception_handler(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """Every refusal of the API in one shape; None (a 500) only for what nobody foresaw."""
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    elif isinstance(error, RequestDataTooBig):
        error = ApiError(
            "body_too_large", _("The request body is too large."), status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
        )
    if not isinstance(error, exceptions.APIException):
        return None
    set_rollback()
    headers = {}
    if auth_header := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = auth_header
    if error.status_code == status.HTTP_503_SERVICE_UNAVAILABLE:
        headers["Retry-After"] = str(RETRY_AFTER)
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    return Response(_body(error), status=error.status_code, headers=headers)


def _body(error: exceptions.APIException) -> dict[str, Any]:
    if isinstance(error, ApiError):
        return error_body(error.code, error.message, error.fields)
    if isinstance(error, exceptions.ValidationError):
        fields = error.detail if isinstance(error.detail, dict) else {"": error.detail}
        return error_body("validation_error", _("Some of the input is not valid."), fields)
    for kind, code in _CODES:
        if isinstance(error, kind):
            return error_body(code, str(error.detail))
    return error_body(str(error.get_codes()), str(error.detail))


def page_of(request: Request) -> tuple[int, int]:
    """`page` (from 1) and `limit` (1 to 100) of a list request. Raises `ApiError` ("validation_error")."""
    fields = {}
    values = {"page": 1, "limit": DEFAULT_LIMIT}
    for name, highest in (("page", MAX_PAGE), ("limit", MAX_LIMIT)):
        given = request.query_params.get(name)
        if given is None:
            continue
        if given.isascii() and given.isdigit() and len(given) < 10 and 1 <= int(given) <= highest:
            values[name] = int(given)
        else:
            fields[name] = [_("A whole number from 1 to %(highest)s.") % {"highest": highest}]
    if fields:
        raise ApiError("validation_error", _("Some of the input is not valid."), 400, fields)
    return values["page"], values["limit"]


def listing(key: str, items: Sequence[Any], *, total: int, page: int, limit: int) -> dict[str, Any]:
    """`{<key>: items, total, page, limit}`"""
    return {key: items, "total": total, "page": page, "limit": limit}


def conditional(request: Request, data: Any, *, last_modified: datetime | None = None) -> HttpResponseBase:
    """`data` (plain JSON values) with an ETag made of it, or 304 when the client has it already."""
    etag = f'"{hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:32]}"'
    seconds = int(last_modified.timestamp()) if last_modified else None
    response = Response(data, headers={"ETag": etag, "Cache-Control": "private, no-cache"})
    if seconds:
        response["Last-Modified"] = http_date(seconds)
    found = get_conditional_response(request._request, etag=etag, last_modified=None, response=response)
    return found or response


View = Callable[..., Response]


def idempotent(*, required: bool = False) -> Callable[[View], View]:
    """Wrap an unsafe method of an APIView so that a repeated `Idempotency-Key` gets the first answer again.

    Same key with another body: 422 `idempotency_key_reused`. First call still running: 409 `still_running` with
    Retry-After. Answers of 5xx, 202, 409 and 429 are not kept: the call may be made again. Semantics after Stripe's and
    the IETF draft "The Idempotency-Key HTTP Header Field". Answers are stored, so those with personal data must not be:
    such a view names its object in `response.resource` and makes the same answer again in `replay(request, resource)`.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def wrapper(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
            key = request.headers.get("Idempotency-Key", "")
            if not key:
                if required:
                    raise ApiError("idempotency_key_required", _("Send an Idempotency-Key header."), 400)
                return view(self, request, *args, **kwargs)
            if len(key) > 255:
                raise ApiError("validation_error", _("An Idempotency-Key has at most 255 characters."), 400)
            if requests.actor(request) == "guest" and not _guest_token(request):
                return view(self, request, *args, **kwargs)  # nobody yet: whatever begins now begins anew
            call, is_new = _claim(request, key)
            if not is_new:
                return _again(self, request, call)
            return _run(call, lambda: view(self, request, *args, **kwargs))

        return wrapper

    return decorate


def _again(view: Any, request: Request, call: IdempotentCall) -> Response:
    """The answer of a call that was made before: as stored, or made again from its object."""
    if not call.resource:
        return Response(call.body, status=call.status)
    answer: Response = view.replay(request, call.resource)
    return answer


def fingerprint(request: Request) -> str:
    """SHA-256 of method, path and raw body: what makes two calls the same. Of a form with files it is what the fields
    and files hold: each try writes another boundary between them."""
    mark = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.content_type.startswith("multipart/"):
        mark.update(json.dumps(sorted(request.POST.lists())).encode())
        for name, files in sorted(request.FILES.lists()):
            for file in files:
                mark.update(f"\n{json.dumps([name, file.name])} {file.size}\n".encode())
                mark.update(file.read())
                file.seek(0)
    else:
        mark.update(request._request.body)
    return mark.hexdigest()


def scope(request: Request) -> str:
    """Whose keys: a person's are his own, a guest's belong to the token that names his cart or order."""
    who = requests.actor(request)
    if who == "guest":
        who = "guest:" + hashlib.sha256(_guest_token(request).encode()).hexdigest()[:32]
    return who[:80]


def _guest_token(request: Request) -> str:
    """What a guest is known by; empty for a first call. Two visitors behind one address must not share answers."""
    headers = request.headers
    return headers.get("X-Cart-Token") or headers.get("X-Order-Token") or request.COOKIES.get("cart") or ""


def _claim(request: Request, key: str) -> tuple[IdempotentCall, bool]:
    mark = fingerprint(request)
    now = db.clock()
    _let_go_of_kept()
    call = IdempotentCall(scope=scope(request), key=key, fingerprint=mark, locked_until=now + RUNNING_FOR)
    try:
        with transaction.atomic(using=db.DEFAULT):
            call.save(force_insert=True)
        return call, True
    except (OperationalError, InterfaceError):
        _kept.add(call.pk)  # it may be there: the answer to its commit was lost
        raise
    except IntegrityError:
        there = IdempotentCall.objects.filter(scope=scope(request), key=key).first()
    if there is None:  # the first one failed just now and gave its key back
        raise ApiError("still_running", _("The first request with this key is still running."), 409)
    call = there
    if call.fingerprint != mark:
        raise ApiError("idempotency_key_reused", _("This Idempotency-Key was used for another request."), 422)
    if call.status is not None:
        return call, False
    taken_over = IdempotentCall.objects.filter(pk=call.pk, status=None, locked_until__lt=Now()).update(
        locked_until=now + RUNNING_FOR
    )
    if not taken_over:
        raise ApiError("still_running", _("The first request with this key is still running."), 409)
    return call, True


def _let_go(call: IdempotentCall) -> None:
    """Forget the key. If the database is away that is done with the next call, which need not wait `RUNNING_FOR`."""
    _kept.add(call.pk)
    try:
        _let_go_of_kept()
    except (OperationalError, InterfaceError):
        connections[db.DEFAULT].close()  # it may only be this connection that is broken
        with suppress(OperationalError, InterfaceError):
            _let_go_of_kept()


def _let_go_of_kept() -> None:
    """Give back the keys of calls that are over; who made them knows best that they are not running."""
    for key in list(_kept):
        IdempotentCall.objects.filter(pk=key, status=None).delete()
        _kept.discard(key)


def _run(call: IdempotentCall, work: Callable[[], Response]) -> Response:
    """Do the work; keep its answer, or forget the key when it may be tried again."""
    try:
        response = work()
    except exceptions.APIException as error:
        if error.status_code in {409, 429} or error.status_code >= 500:
            _let_go(call)
        else:
            IdempotentCall.objects.filter(pk=call.pk).update(status=error.status_code, body=_body(error))
        raise
    except BaseException:
        _let_go(call)
        raise
    if response.status_code in {202, 409, 429} or response.status_code >= 500:
        call.delete()
    else:
        resource = getattr(response, "resource", "")
        body = None if resource else response.data
        IdempotentCall.objects.filter(pk=call.pk).update(status=response.status_code, resource=resource, body=body)
    return response
