"""Inventory: how many units of a variant are where, and who may count on them. Knows nothing of products."""
