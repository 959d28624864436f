"""The catalogue over REST: products, search, categories, reviews, and stock levels by product.

Reads are public; writes need staff with the catalogue's permissions. `shapes` says what goes in and comes out.
Serializers are plain ones: services write, selectors read.
"""
