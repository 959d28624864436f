"""An order with its payments and parcels, as its shopper sees it.

Owns: the order's page and its self-refreshing part, history, look-up by number and e-mail, cancelling, paying again.
Offers nothing to other components; reads those below and calls their services.
Must not: keep tables of its own, or show an order to anybody but its customer and the holder of its link.
"""
