"""Why a card was declined, in a sentence that tells the shopper what to do next.

Codes are Stripe's; another provider translates its own into these. Nothing here tells a thief what
the bank suspects: lost, stolen and fraudulent cards read like any other refusal.
"""

from typing import cast

from django.utils.translation import gettext_lazy as _

_SENTENCES = {
    "authentication_required": _("Your bank wants you to confirm this payment. Please try again and follow its steps."),
    "authentication_failed": _("Your bank could not confirm that it was you. Please try again or use another card."),
    "card_not_supported": _("This kind of card is not accepted for this purchase. Please use another card."),
    "card_velocity_exceeded": _("This card has reached its limit. Please use another card or ask your bank."),
    "currency_not_supported": _("This card cannot pay in this currency. Please use another card."),
    "expired_card": _("This card has expired. Please use another card."),
    "incorrect_cvc": _("The security code is not right. Please check it and try again."),
    "incorrect_number": _("The card number is not right. Please check it and try again."),
    "insufficient_funds": _("There is not enough money on this card. Please use another card."),
    "invalid_expiry": _("The expiry date is not right. Please check it and try again."),
    "processing_error": _("The card could not be checked just now. Nothing was charged. Please try again."),
    "wallet_declined": _("PayPal could not take the payment. Nothing was charged. Please choose another way to pay."),
}
_ALIASES = {
    "invalid_cvc": "incorrect_cvc",
    "invalid_number": "incorrect_number",
    "invalid_expiry_month": "invalid_expiry",
    "invalid_expiry_year": "invalid_expiry",
    "withdrawal_count_limit_exceeded": "card_velocity_exceeded",
    "payment_intent_authentication_failure": "authentication_failed",
    "issuer_not_available": "processing_error",
    "reenter_transaction": "processing_error",
    "try_again_later": "processing_error",
}
_OTHERWISE = _("Your bank declined this card. Nothing was charged. Please use another card or ask your bank.")


def message(code: str | None) -> str:
    """The sentence for a decline code, lazy: in the language it is read in. Unknown codes get the general one."""
    code = code or ""
    return cast(str, _SENTENCES.get(_ALIASES.get(code, code), _OTHERWISE))
