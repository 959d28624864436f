"""How allauth behaves in this shop."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme

from shop.accounts import emails, selectors, services
from shop.core import db, languages, requests
from shop.notifications import services as notifications


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """E-mails go through our queue and templates; links and redirects stay on the shop's own address."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        notifications.queue(
            key=f"account:{db.uuid7()}",
            template=emails.TEMPLATE,
            to=email,
            language=languages.current(),
            context=emails.words(template_prefix, context),
        )

    def get_reset_password_from_key_url(self, key: str) -> str:
        return requests.absolute(urlsplit(super().get_reset_password_from_key_url(key)).path)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Who is not on the way anywhere else comes to their account, in the language they chose."""
        chosen = selectors.preferences_of(UUID(str(request.user.pk))).language
        with translation.override(languages.known(chosen) if chosen else languages.current()):
            return str(super().get_login_redirect_url(request))

    def is_safe_url(self, url: str) -> bool:
        """Whether to redirect there: paths, and addresses of this shop, without line breaks however written."""
        site = urlsplit(settings.SITE_URL)
        if not unquote(url or "").isprintable():
            return False
        return url_has_allowed_host_and_scheme(url, {site.netloc}, require_https=site.scheme == "https")

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """An address is proven: say so, in the same transaction, to those who waited for it."""
        with transaction.atomic(using=db.DEFAULT):
            is_proven: bool = super().confirm_email(request, email_address)
            if is_proven:
                services.note_proven_email(customer_id=email_address.user_id)
        return is_proven
