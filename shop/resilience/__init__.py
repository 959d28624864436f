"""What keeps a failing neighbour from pulling the shop down.

Owns circuit breakers. Offers `breaker.call`, and `asking.ask` for answers over HTTP. Must not know what the call it
guards is about: the caller says which exceptions mean that the other side is down.
"""
