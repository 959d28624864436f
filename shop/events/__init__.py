"""The outbox: what happened is written in the transaction that made it so, and delivered to subscribers by workers.

Owns events, their deliveries and the inbox. Offers `types`, `bus.publish`, `bus.handled_once` and the tasks that
deliver, sweep and bury. Must not call a subscriber inside the publisher's transaction.
"""
