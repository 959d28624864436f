"""What the shop offers: category tree, brands, sellers, typed attributes, products, variants, prices, pictures; the
product page.

Offers `selectors` (offers, cards, departments), `page` (one product's page), `tree` (the cached category tree),
`services` (create, update, archive, set_price, reprice) with `categories`, `prices` and `pictures` behind them,
`pricerules` (promotions that lists show), and `rules` and `charging` (pure). Every change publishes `ProductChanged`,
`PriceChanged` or `CategoryChanged`; whoever copies catalogue data listens. Must not know carts, orders or the search
index, and must not delete what an order may remember: rows are archived.
"""
