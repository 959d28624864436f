"""Catalogue: what the shop offers, how it is found, and how it gets in and out."""
