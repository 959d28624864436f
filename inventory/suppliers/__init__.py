"""Who delivers what, what was ordered from them, and what of it has come.

Owns suppliers, what they offer, purchase orders and their receipts. Offers draft, place, receive, close_short, cancel
and reorder, and `selectors.incoming`: units that are ordered and not yet here. Units enter through the stock's own
commands, with the receipt as their document. Must not know who waits for the units or what they are sold for.
"""
