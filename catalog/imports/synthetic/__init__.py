"""A made-up catalogue of any size, for tests of scale.

`goods` and `words` decide what there is (pure: the same seed, the same products), `ground` makes the categories, brands
and product types that they stand on, `load` writes them by COPY.
"""
