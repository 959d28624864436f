"""Carts of guests and customers, in PostgreSQL.

Owns: `Cart`, `CartLine`; putting in, changing, removing, merging at login, expiry. Offers `services.current(request)`,
the commands beside it, and `selectors.view`, which is what every screen and the API show.
Must not: decide prices (cart.pricing does), hold stock (only a placed order does), or know of orders.
Every change locks the cart and raises its `version`, so that a checkout in another tab notices.
"""
