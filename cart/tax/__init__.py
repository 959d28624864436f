"""Which tax is due where.

Owns tax rates. Offers `selectors.rates_in` (the rates in force at an address) over the pure `rules`. Must not know what
is bought: pricing puts rates and lines together.
"""
