"""The words of the e-mails about an account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shop.core import requests

TEMPLATE = "account"
TAKEN_OFF = "second_factor_taken_off"  # by staff

# What happened to an account, by the name that allauth or we give the notice; told so that its owner can object.
NOTICES = {
    "account/email/password_changed": gettext_lazy("Your password was changed"),
    "account/email/password_reset": gettext_lazy("Your password was reset"),
    "account/email/password_set": gettext_lazy("A password was set"),
    "account/email/email_changed": gettext_lazy("The e-mail address of your account was changed"),
    "account/email/email_confirm": gettext_lazy("The e-mail address of your account was confirmed"),
    "account/email/email_deleted": gettext_lazy("An e-mail address was removed from your account"),
    "mfa/email/totp_activated": gettext_lazy("The authenticator app was switched on"),
    "mfa/email/totp_deactivated": gettext_lazy("The authenticator app was switched off"),
    "mfa/email/recovery_codes_generated": gettext_lazy("New recovery codes were made"),
    "mfa/email/webauthn_added": gettext_lazy("A security key was added"),
    "mfa/email/webauthn_removed": gettext_lazy("A security key was removed"),
    TAKEN_OFF: gettext_lazy("The second factor of your account was taken off"),
}


def words(name: str, context: Mapping[str, Any]) -> dict[str, Any]:
    """`subject`, `lines` and the link (`url`, `label`) of the e-mail called `name`.

    Links are on the shop's own address, never on what a Host header says. Raises `KeyError` for an unknown name.
    """
    if name in {"account/email/email_confirmation", "account/email/email_confirmation_signup"}:
        url = requests.absolute(reverse("account_confirm_email", args=[context["key"]]))
        return _mail(
            _("Please confirm your e-mail address"),
            _("Follow this link to show that this address is yours."),
            url=url,
            label=_("Confirm"),
        )
    if name == "account/email/password_reset_key":
        return _mail(
            _("Choose a new password"),
            _("Follow this link to choose a new password. It works once, for an hour."),
            url=context["password_reset_url"],
            label=_("Choose a password"),
        )
    if name == "account/email/account_already_exists":
        return _mail(
            _("You have an account already"),
            _("Somebody, probably you, tried to open an account with this address. There is one already."),
            url=requests.absolute(reverse("account_reset_password")),
            label=_("Forgot the password?"),
        )
    if name == "account/email/unknown_account":
        return _mail(
            _("You have no account yet"),
            _("Somebody, probably you, tried to reach an account with this address. There is none."),
            url=requests.absolute(reverse("account_signup")),
            label=_("Open an account"),
        )
    return _mail(
        str(NOTICES[name]),
        _("If this was you, you need not do anything."),
        _("If it was not, choose a new password at once."),
        url=requests.absolute(reverse("account_reset_password")),
        label=_("Choose a password"),
    )


def _mail(subject: str, *lines: str, url: str, label: str) -> dict[str, Any]:
    return {"subject": subject, "lines": list(lines), "url": url, "label": label}
