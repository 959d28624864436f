"""Fulfilment: from a paid order to parcels that arrive.

Owns shipments, their lines and what carriers tell of them. Offers `services`: all parcels of an order at once, and each
by itself; every command moves parcels, the order's status and its fulfilment state in one transaction, and the stock
follows. `labelling` asks carriers for labels, `tracking` keeps their news. Must not know changes, returns or pages.
"""
