"""Where units are, how many, and every change of it.

Owns locations, stock items (on hand, reserved, allocated), the ledger of movements, allocations and low-stock alerts.
Offers `selectors.available` and the commands receive, adjust, set_on_hand, load, allocate, ship and deallocate.
Must not know products, orders or why units are held. Counters are assigned in `ledger.py` alone, on locked rows, and
database constraints forbid promising a unit twice.
"""
