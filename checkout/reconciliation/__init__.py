"""Our books beside the providers': what they list and we lack, what we have and they lack, and every other difference.

Owns reconciliations and their differences. Offers `services.reconcile` (a day's books, compared and kept) and
`services.sweep` (the last half hour: what we missed is recorded, money that belongs to nobody goes back). Must not
change a payment by itself: what a provider says is recorded by the payments' own `record`.
"""
