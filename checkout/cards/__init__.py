"""Saved cards: what a provider keeps for a customer's next order, by name only.

Owns the provider's names of customer and card, and what a person tells a card by (brand, last four digits, expiry).
Offers `services` (keep, make_default, remove, remove_all), selectors and the customer's page. A removed card is hidden
at once and published as `CardRemoved`, so that a worker has the provider forget it.
Must not know card numbers, payments or providers: a provider is a name here.
"""
