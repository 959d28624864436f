"""What promotions give, one kind a file: a dataclass of its parameters with `take(shelf, scope)`.

A kind refuses before it takes anything, and leaves lanes, conditions and what goes together to the engine. Offers
`table.KINDS`. Pure.
"""
