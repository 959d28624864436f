"""Carriers that say what a parcel costs, behind one protocol (`base.RateCarrier`).

Owns: live rates, in the shop's words. Offers `table.carrier(code)`.
Must not: know Django models, store anything, or decide what a shopper pays.
A new carrier is a file here and a line in `table.CARRIERS`; `settings.RATE_CARRIERS` says which are offered.
"""
