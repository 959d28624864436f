"""What a cart costs: one `quote()` that every screen, the API and the order show.

Owns no tables. Offers `selectors.quote` (puts together prices of the catalogue, promotions, tax and delivery) over the
pure `rules`. Must not write anything, and never trusts a price that a client sends.
"""
