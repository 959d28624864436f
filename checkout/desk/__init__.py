"""An order with its payments and parcels, as its shopper sees it.

Owns: the order's page and its self-refreshing part, a page for each parcel, history, look-up by number and e-mail,
cancelling all or some of it, ordering again, paying again and paying what a change has added.
Offers nothing to other components; reads those below and calls their services.
Must not: keep tables of its own, or show an order to anybody but its customer and the holder of its link.
"""
