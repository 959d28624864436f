"""Store credit: money of the shop that belongs to its customers, one account for each customer and currency.

Owns the accounts and their entries, which are only ever added. Offers `services` (grant, withdraw, and for payments:
hold, take, release, refund), selectors and the customer's page. The balance is kept beside the entries under the
account's lock and can never be below zero, whoever spends at the same time. Every command is idempotent by its key.
Must not know payments, providers or pages of the checkout: a payment is an id here.
"""
