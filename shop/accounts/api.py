"""Accounts over REST: tokens for an e-mail address and a password, and who a token belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.core import ratelimit
from allauth.headless import app_settings as headless
from allauth.headless.internal import sessionkit
from allauth.mfa.base.forms import AuthenticateForm
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from shop.accounts import selectors
from shop.accounts.bearer import BearerAuthentication
from shop.core.rest import ApiError

if TYPE_CHECKING:
    from shop.accounts.models import User


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema describes `Authorization: Bearer`."""

    target_class = BearerAuthentication
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


class Credentials(serializers.Serializer[Any]):
    email = serializers.EmailField(max_length=254)
    password = serializers.CharField(max_length=1000, trim_whitespace=False)
    code = serializers.CharField(max_length=40, required=False, help_text="Second factor, where the account has one.")


class RefreshInput(serializers.Serializer[Any]):
    refresh_token = serializers.CharField(max_length=4000)


class Tokens(serializers.Serializer[Any]):
    access_token = serializers.CharField()
    refresh_token = serializers.CharField()


class TokenView(APIView):
    """POST auth/token: tokens for an e-mail address and a password."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]

    @extend_schema(request=Credentials, responses=Tokens)
    def post(self, request: Request) -> Response:
        given = Credentials(data=request.data)
        given.is_valid(raise_exception=True)
        data = given.validated_data
        http = request._request
        if not ratelimit.consume(http, action="login"):
            raise _too_many()
        try:
            user = get_adapter().authenticate(http, email=data["email"].lower(), password=data["password"])
        except ValidationError as error:
            raise _too_many() from error
        if user is None or not user.is_active:
            raise ApiError("invalid_credentials", _("This e-mail address and password do not fit."), 401)
        _check(user, data.get("code"))
        return Response(_tokens(http, user))


class RefreshView(APIView):
    """POST auth/refresh: new tokens for a refresh token, which works once."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]

    @extend_schema(request=RefreshInput, responses=Tokens)
    def post(self, request: Request) -> Response:
        given = RefreshInput(data=request.data)
        given.is_valid(raise_exception=True)
        pair = headless.TOKEN_STRATEGY.refresh_token(given.validated_data["refresh_token"])
        if pair is None:
            raise ApiError("invalid_token", _("This token is not valid, or not any more."), 401)
        return Response({"access_token": pair[0], "refresh_token": pair[1]})


def _check(user: User, code: str | None) -> None:
    """Everything that stands between a right password and a token."""
    if not selectors.has_proven_email(user.pk):
        raise ApiError("email_not_verified", _("Please confirm your e-mail address first."), 403)
    if selectors.has_second_factor(user):
        if code is None:
            raise ApiError("mfa_required", _("This account needs a code as well."), 401)
        if not AuthenticateForm(data={"code": code}, user=user).is_valid():
            raise ApiError("invalid_credentials", _("This code does not fit."), 401)
    elif user.is_staff and settings.STAFF_MFA_REQUIRED:
        raise ApiError("mfa_setup_required", _("Staff need a second factor: set one up on the website first."), 403)


def _tokens(http: HttpRequest, user: User) -> dict[str, Any]:
    """Tokens of a new session of their own, which signing out or a new password ends. Leaves no cookie behind."""
    session_of_request = http.session
    http.session = sessionkit.new_session()
    try:
        record_authentication(http, user, method="password", email=user.email)
        get_adapter().login(http, user)
        http.session.save()
        tokens: dict[str, Any] = headless.TOKEN_STRATEGY.create_access_token_payload(http) or {}
        http.session.save()
    finally:
        http.session = session_of_request
        http.META["CSRF_COOKIE_NEEDS_UPDATE"] = False
    return tokens


def _too_many() -> ApiError:
    return ApiError("rate_limited", _("Too many tries. Please wait a few minutes."), 429)
