"""The checkout over REST: quotes and orders for shoppers, transitions, shipments and refunds for staff.

Owns: the shape of an order, a quote and an address in JSON. Offers views to `checkout/api_urls.py`.
Must not: decide anything that the pages do not decide in the same way; both call the same services.
"""
