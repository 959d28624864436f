"""What buyers say: reviews with photos, their moderation and the merchant's replies, helpful votes, reports.

A signed-in customer has one review of a product. Shown at once is only what a buyer (`Purchase`, learnt from paid
orders) says first and without photos; whatever else comes, or is changed, waits for a moderator. Owns
`Product.rating_average` and `rating_count`: nobody else writes them. Must not know of orders.
"""
