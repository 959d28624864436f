"""Returns: what comes back of an order, from the shopper's wish to the money or the exchange.

Owns the rules of returns, returns with their lines, units, photos and history, and reimbursements. Offers `services`
(request, approve, refuse, send, cancel), `receiving` (receive, inspect) and `reimbursing` (simulate, reimburse). Every
command locks the order first. Amounts of the order are `revising`'s, refunds are `payments`', added units `changes`'.
Must not know pages of the desk.
"""
