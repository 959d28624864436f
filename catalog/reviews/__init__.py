"""What buyers say: reviews, their moderation, and the rating of a product.

A signed-in customer may post one review per product. It is published at once if he has bought the product
(`Purchase`, learnt from paid orders), otherwise it waits for a moderator. Owns `Product.rating_average` and
`rating_count`: nobody else writes them.
"""
