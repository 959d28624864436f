"""Stripe's test cards and tokens, and what each of them does."""

import re
from dataclasses import dataclass

from checkout.payments.sandbox import wire


@dataclass(frozen=True)
class Card:
    """A test card. ``decline``: (code, decline_code) of its attempts. ``challenge``: asks for 3-D Secure.

    ``disputed``: its holder calls the money back at once.
    """

    number: str
    brand: str = "visa"
    decline: tuple[str, str] | None = None
    challenge: bool = False
    disputed: bool = False

    @property
    def last4(self) -> str:
        return self.number[-4:]


_DECLINED = "card_declined"
_CARDS = (
    Card("4242424242424242"),
    Card("4000056655665556"),
    Card("5555555555554444", "mastercard"),
    Card("378282246310005", "amex"),
    Card("4000000000000002", decline=(_DECLINED, "generic_decline")),
    Card("4000000000009995", decline=(_DECLINED, "insufficient_funds")),
    Card("4000000000009987", decline=(_DECLINED, "lost_card")),
    Card("4000000000000069", decline=("expired_card", "expired_card")),
    Card("4000000000000127", decline=("incorrect_cvc", "incorrect_cvc")),
    Card("4000000000000119", decline=("processing_error", "processing_error")),
    Card("4000000000000259", disputed=True),
    Card("4000002500003155", challenge=True),
    Card("4000002760003184", challenge=True),
    Card("4000008260003178", decline=(_DECLINED, "insufficient_funds"), challenge=True),
)
BY_NUMBER = {card.number: card for card in _CARDS}
TOKENS = {
    "pm_card_visa": "4242424242424242",
    "pm_card_visa_debit": "4000056655665556",
    "pm_card_mastercard": "5555555555554444",
    "pm_card_amex": "378282246310005",
    "pm_card_chargeDeclined": "4000000000000002",
    "pm_card_visa_chargeDeclined": "4000000000000002",
    "pm_card_chargeDeclinedInsufficientFunds": "4000000000009995",
    "pm_card_visa_chargeDeclinedInsufficientFunds": "4000000000009995",
    "pm_card_chargeDeclinedLostCard": "4000000000009987",
    "pm_card_visa_chargeDeclinedLostCard": "4000000000009987",
    "pm_card_chargeDeclinedExpiredCard": "4000000000000069",
    "pm_card_chargeDeclinedIncorrectCvc": "4000000000000127",
    "pm_card_chargeDeclinedProcessingError": "4000000000000119",
    "pm_card_createDispute": "4000000000000259",
    "pm_card_threeDSecure2Required": "4000002500003155",
    "pm_card_threeDSecureRequired": "4000002500003155",
    "pm_card_authenticationRequired": "4000002760003184",
    "pm_card_authenticationRequiredOnSetup": "4000002500003155",
    "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds": "4000008260003178",
}
MESSAGES = {
    "generic_decline": "Your card was declined.",
    "insufficient_funds": "Your card has insufficient funds.",
    "lost_card": "Your card was declined.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
}


def luhn(number: str) -> bool:
    """Whether the last digit is the check digit of the others."""
    digits = [int(digit) for digit in reversed(number)]
    return sum(digits[0::2] + [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]) % 10 == 0


def number_of(raw: str) -> str:
    """The digits of a card number. Raises the 402 that Stripe answers for a bad one."""
    number = re.sub(r"[\s-]", "", raw)
    if not re.fullmatch(r"[0-9]{12,19}", number) or not luhn(number):
        raise _bad("Your card number is incorrect.", "incorrect_number", "number")
    if number not in BY_NUMBER:
        raise _bad(
            "Your card was declined. Your request was in test mode, but used a non test card.",
            "card_declined",
            "number",
        )
    return number


def expiry_of(month: str, year: str) -> tuple[int, int]:
    """Any well-formed date: month 1 to 12, year of two or four digits."""
    if not re.fullmatch(r"0?[1-9]|1[0-2]", month):
        raise _bad("Your card's expiration month is invalid.", "invalid_expiry_month", "exp_month")
    if not re.fullmatch(r"[0-9]{2}|20[0-9]{2}", year):
        raise _bad("Your card's expiration year is invalid.", "invalid_expiry_year", "exp_year")
    return int(month), int(year) % 100 + 2000


def check_cvc(cvc: str, brand: str) -> None:
    if not re.fullmatch(r"[0-9]{4}" if brand == "amex" else r"[0-9]{3}", cvc):
        raise _bad("Your card's security code is invalid.", "invalid_cvc", "cvc")


def _bad(message: str, code: str, param: str) -> wire.ApiError:
    return wire.ApiError(402, message, type="card_error", code=code, param=param, stored=False)
