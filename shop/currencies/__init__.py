"""The currencies that the shop sells in beside its own: rates, how prices are rounded, and which one a shopper chose.

Owns `Currency` and the append-only log of rates. Offers conversion of amounts to whatever has prices; every caller says
whether an amount is a price (which may end in .99) or not. Knows no products, carts or orders.
"""
