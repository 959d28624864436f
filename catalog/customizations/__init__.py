"""What a product asks of who buys it: a name to engrave, a colour of thread, a gift box. Answers are customizations.

Owns the fields, which a product type or a single product has. Offers `selectors.fields_of` and the pure `rules`, which
check answers, price them and tell lines with different answers apart. Must not know of carts or orders: they keep the
answers.
"""
