"""Orders that the merchant makes for somebody: on the phone, in the shop, from an earlier order.

Owns: drafts (who, where to, how, with which words); their lines, currency and coupons are a cart's of the desk's own,
so that a draft is priced and placed as every other purchase is.
Offers to others: `drafts.create`, `save`, `place` (one order, however often asked), `delete`, `from_order`.
Must not: name a price, hold stock or write an order; `purchase.place_order` does.
"""
