"""How goods get to the shopper, what that costs, and when they come.

Owns zones, methods, rates, points and days off. Offers `selectors.delivery_options` over the pure `rules`, `postal` and
`promise`, and asks `carriers` for live rates. Must not decide how totals are made (pricing does), nor hold units.
"""
