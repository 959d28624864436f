"""The line of those who wait for units of a variant that is sold out.

Owns the entries of the line. Offers join, leave, offer (units that came are held for the next ones in turn), and
reserve and give_back for an order that is made of held units. Units belong to those who wait from the transaction in
which they become free: `StockItem.has_waiting` says so to everybody else. Must not know people, products or mails: an
entry's id is all that others need.
"""
