"""The embedded default: what `make run` and `make test` need on a machine that has nothing but Python.

Owns the data folder of a checkout, PostgreSQL and Valkey from their wheels as child processes, and the runner that
starts the whole shop and leaves nothing behind. Offers `addresses` (where the servers are) to the settings.
Must not import Django or any other part of the shop: it runs before they can.
"""
