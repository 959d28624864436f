"""Disputes: money that a card's holder has called back through the bank.

Owns disputes. Offers `services.note` (what a provider says of them) and `selectors.open_of`. They are answered at the
provider, by people; the shop records, shows and tells. Must not know payments or providers: it is told ids and words.
"""
