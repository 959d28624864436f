"""The money ledger: every payment event posted twice, once where it came from and once where it went.

Owns ledger entries, which are never changed. Offers `services.post` and the balances. What is posted for which sums is
a pure rule (`rules.positions`). Must not know payments, providers or orders: it is told ids, sums and a name.
"""
