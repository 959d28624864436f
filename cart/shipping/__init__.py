"""How goods get to the shopper, and what that costs.

Owns the ways of delivery. Offers `selectors.delivery_options` over the pure `rules`. Must not decide how totals are
made: pricing does.
"""
