"""Fulfilment: from a paid order to parcels that arrive.

Owns shipments and their lines. Offers `services` (open, start, pick, dispatch, deliver, cancel): each moves the parcel,
the order's status and its fulfilment state in one transaction; stock leaves by an event. Must not know payments.
"""
