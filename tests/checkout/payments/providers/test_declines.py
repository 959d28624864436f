from django.utils import translation

from checkout.payments.providers import declines

OTHERWISE = "Your bank declined this card. Nothing was charged. Please use another card or ask your bank."


def test_what_the_bank_suspects_is_not_told():
    for code in ("lost_card", "stolen_card", "fraudulent", "pickup_card", "no_such_code", "", None):
        assert declines.message(code) == OTHERWISE


def test_codes_that_mean_the_same_read_the_same():
    assert declines.message("invalid_cvc") == declines.message("incorrect_cvc")


def test_every_alias_leads_to_a_sentence():
    with translation.override("en"):
        for code in declines._ALIASES:
            assert declines.message(code) != OTHERWISE
