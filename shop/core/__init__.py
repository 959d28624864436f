"""What everything else stands on: money, keys, databases, cache.

Owns: `money` (integer minor units with a currency), `db` (the three databases, UUIDv7 keys, month
partitions), `cache` (every key and lifetime, named in one file), `requests` (request id, client address),
`keyset` and `admin` (lists that stay fast however long they get).
Offers plain functions and values. Must not know any app, any model or any page.
"""
