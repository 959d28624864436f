"""Bundles: variants that are sold at one price and consist of units of other variants.

Owns the parts. Offers `selectors.parts_of`, stock of variants with bundles among them (`available`, `availability`,
`shown`: as many as the parts make), and `rules.shares`, which divides a price among the parts. A bundle has no stock of
its own and is no part of a bundle. Must not know of carts or orders.
"""
