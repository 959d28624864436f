"""Who did what to which object.

Owns the audit log. Offers `services.record` (in the caller's transaction) and `services.verify`; one beat task seals
the entries into a hash chain. Must not hold personal data: ids and facts only.
"""
