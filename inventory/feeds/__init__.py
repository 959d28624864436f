"""The signed door by which warehouses and suppliers move stock by delta.

Owns the partners (feeds) with their secrets, and what each of them sent. Offers `services.accept`: one signed
message, all of it or nothing, once per id, never after a later one; and `partners`, which registers them.
Must not know products or orders, nor assign a counter: units move through the stock's own commands.
"""
