"""Receivables: what customers have promised to pay on invoice, and what came in.

Owns one receivable for each payment on invoice, and its entries, which are only ever added. Offers `services`
(promise, receive, release, give_back, returned, remind), selectors and the list of what is overdue. It is the "other
side" that the provider `invoice` asks, so that facts come from here as they come from a bank.
Must not know payments, orders' states or providers: a payment is an id here.
"""
