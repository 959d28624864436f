"""Papers of the warehouse: data in, bytes out; no database, clock or network. The same data gives the same bytes.

`data` is what they are made of, `slips`, `labels` and `picklists` draw one of each, `bundle` makes one PDF of many.
Drawn straight onto the page instead of laid out from blocks: hundreds of them in one PDF must be there in seconds.
"""
