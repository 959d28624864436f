"""Journeys: a running shop, and a browser in front of it. A package, so that the shop ends with the last of them."""
