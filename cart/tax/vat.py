"""VAT ids of Europe as they are typed: tidied, and what is wrong with one told in words. Asks nobody: an id that can be
one need not be given to anybody."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _
from django_countries import countries
from stdnum import exceptions
from stdnum.ch import uid
from stdnum.eu import vat as eu
from stdnum.gb import vat as gb
from stdnum.no import mva
from stdnum.util import NumberValidationModule

_BEYOND: dict[str, NumberValidationModule] = {"CH": uid, "GB": gb, "NO": mva}
_NO_COUNTRIES = {"EL", "EU", "XI"}  # Greece, sellers from outside of the EU, Northern Ireland
_ANY = re.compile(r"[A-Z]{2}[A-Z0-9+*]{2,18}")  # old Irish ones have signs
_SWISS_TAX = re.compile("(MWST|TVA|IVA|TPV)$")


def tidy(typed: str) -> str:
    """Without spaces and signs between, in capitals, with the prefix that Greece has; Swiss ones without the tax."""
    plain = re.sub(r"[\s./-]", "", typed).upper()
    if plain.startswith("GR"):
        return f"EL{plain[2:]}"
    return _SWISS_TAX.sub("", plain) if plain.startswith("CHE") else plain


def objection(vat_id: str) -> str:
    """What is wrong with a `tidy` id; empty for nothing, and for countries whose ids we do not know."""
    country = vat_id[:2]
    known = {one.upper() for one in eu.MEMBER_STATES} - {"GR"} | {"EL"}
    module = eu if country in known else _BEYOND.get(country)
    if module is None:
        return ""
    try:
        module.validate(vat_id)
    except exceptions.InvalidChecksum:
        text = _("A digit of this VAT id is wrong, or two are swapped: its check digit does not fit the others.")
    except exceptions.InvalidLength:
        text = _("VAT ids that begin with %(country)s have another length.")
    except exceptions.ValidationError:
        text = _("VAT ids that begin with %(country)s look different.")
    else:
        return ""
    return text % {"country": country}


def objection_to_buyers(vat_id: str) -> str:
    """The same of an id that a buyer says, wherever goods go and whether it changes anything there or not: of countries
    whose ids we do not know it has at least their letters."""
    if not _ANY.fullmatch(vat_id) or (vat_id[:2] not in _NO_COUNTRIES and not countries.name(vat_id[:2])):
        return _("A VAT id begins with the letters of its country, as in IE6388047V.")
    return objection(vat_id)
