"""Addresses, and as much of one as an estimate needs, in the checkout's calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from shop.core import address_words, addresses


class AddressIO(serializers.Serializer[Any]):
    """`{firstName, lastName, company?, address1, address2?, city, state?, postalCode, country, phone?}`, ISO codes.

    Which parts are needed follows the country.
    """

    first_name = serializers.CharField(required=False, allow_blank=True)
    last_name = serializers.CharField(required=False, allow_blank=True)
    company = serializers.CharField(required=False, allow_blank=True)
    address1 = serializers.CharField(required=False, allow_blank=True)
    address2 = serializers.CharField(required=False, allow_blank=True)
    city = serializers.CharField(required=False, allow_blank=True)
    state = serializers.CharField(required=False, allow_blank=True)
    postal_code = serializers.CharField(required=False, allow_blank=True)
    country = serializers.CharField()
    phone = serializers.CharField(required=False, allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, str]:
        tidy, problems = addresses.clean(attrs)
        if problems:
            raise serializers.ValidationError(_sentences(tidy["country"], problems))
        return tidy


class PlaceIO(serializers.Serializer[Any]):
    """Where an estimate is for: as much of an address as is known. What is given must be right."""

    country = serializers.CharField(max_length=2)
    state = serializers.CharField(required=False, allow_blank=True, max_length=100)
    postal_code = serializers.CharField(required=False, allow_blank=True, max_length=20)

    def validate(self, attrs: dict[str, Any]) -> dict[str, str]:
        tidy, problems = addresses.clean(attrs)
        wrong = {name: why for name, why in problems.items() if name in self.fields and why != "required"}
        if wrong:
            raise serializers.ValidationError(_sentences(tidy["country"], wrong))
        return tidy


def _sentences(country: str, problems: Mapping[str, str]) -> dict[str, list[str]]:
    """What is wrong, by field."""
    try:
        rules = addresses.rules_of(country)
    except addresses.UnknownCountry:
        rules = None
    return {name: [address_words.sentence(rules, name, why)] for name, why in problems.items()}
