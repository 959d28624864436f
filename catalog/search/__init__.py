"""How products are found: the list, category, brand and search pages, and the engine behind them.

Owns `Listing`, a flat copy of what lists need (rebuilt by `manage.py rebuild_search_index`, kept up by events), and the
vocabulary for misspelt words. Offers `query.parse`, `engine.search` (one protocol, whatever the engine),
`indexing.index` and `indexing.rebuild`. Must never be the source of anything: what it says can be made again from
products, stock and reviews.
"""
