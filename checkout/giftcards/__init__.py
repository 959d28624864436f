"""Gift cards: money of the shop that belongs to whoever has the code.

Owns the cards and their entries, which are only ever added. Offers `services` (issue, adjust, withdraw, and for
payments: hold, take, release, refund), `bought` (the cards that an order pays for), selectors, the page that tells a
balance, and the e-mail with the code. A code is kept as a keyed digest, by which it is found, and encrypted, for the
e-mail; nobody reads it anywhere else. Must not know payments, providers or pages of the checkout: a payment is an id.
"""
