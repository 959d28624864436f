"""Payments: money asked for, received and given back.

Owns payments, the facts known about them, refunds and providers' webhooks. Offers `services` (open, charge, record,
retry, refund, cancel, settle) and selectors. Amounts and states are recomputed from all facts of a payment, so late,
repeated and reversed messages end the same. Must not talk to a provider inside a transaction, and must not know
shipments or pages.
"""
