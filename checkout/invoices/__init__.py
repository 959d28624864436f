"""Invoices and credit notes: what an order has been charged and what was taken off again, on numbered papers.

Owns documents, their gap-free numbers per series and year, their PDFs and the merchant's details on them. Offers
`services.settle` (issues whatever papers lack to say what the order comes to now), `services.pdf` and selectors.
Documents are kept as they were issued: the database refuses to change or delete one. Must not know parcels or returns:
it reads the order's lines, whoever changed them.
"""
