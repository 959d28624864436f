"""The warehouse: from parcels to pick to parcels that leave and arrive, by scanner and keyboard.

Owns waves (parcels that are picked in one round), the scans made in them, print jobs, and the papers they print:
pick lists, packing slips, labels. Parcels, stock and statuses move only by the commands of fulfilment.
Must not: know of payments, returns or the desk; draw anything from inside a request that takes longer than a blink.
"""
