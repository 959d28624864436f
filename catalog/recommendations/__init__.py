"""What to show beside what: bought together, similar, trending, for you, recently seen, picked by hand.

Learns from paid orders (heard as events, or imported) and, with consent, from what customers look at. Everything shown
is read from tables that were made before; all of them can be made again from past orders and the catalogue. Must not
know carts or orders: what happens there comes as events, and ids are all it keeps of customers.
"""
