"""Old orders, out of the way: whole, with everything of them, in one row a piece, partitioned by month.

Owns archived orders. Offers `services.archive` (moves orders that are over), `services.restore` (brings one back),
`selectors.order` (an order wherever it is kept) and `reading.opened`, under which every page reads an archived order
as it read the live one. Must not know pages. What may be archived is one rule: `selectors.over`.
"""
