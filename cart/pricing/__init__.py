"""What a cart costs: one `quote()` that every screen, the API and the order show.

Owns tax rates and delivery methods. Offers `selectors.quote` (reads prices of the catalogue, rates, methods and
coupons) over the pure `rules`. Must not write anything, and never trusts a price that a client sends.
"""
