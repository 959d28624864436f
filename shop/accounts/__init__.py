"""People: customers and staff, their addresses and preferences, signing in and out.

Owns users and their address books; allauth does the signing in. Offers `services` and `selectors` for the address
book, and the API's authentication. Must not know orders or carts: what travels up travels as an event.
"""
