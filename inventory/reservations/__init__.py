"""Units held for a shopper who is paying, until a moment by the database's clock.

Owns the reservations. Offers reserve, extend, commit, release and expire, each one short transaction of the
inventory's database that may be repeated. A reservation stops counting the moment it expires; the sweep only tidies.
Must not know carts, orders or payments: a `reference` is all it remembers of them.
"""
