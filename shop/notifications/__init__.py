"""E-mails to people, each at most once per key.

Owns the queue of e-mails. Offers `services.queue` (in the caller's transaction); a task renders and sends. Must not
decide what is worth a mail: receivers do.
"""
