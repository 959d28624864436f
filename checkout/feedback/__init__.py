"""Feedback: what a shopper says of what has arrived.

Owns the question, mailed once some days after an order was delivered unless its address wants no such mails, and the
page that takes the answer. Each answer is a review of a product: `catalog.reviews` keeps it, and holds back what is
not by a customer who is signed in. Must not: keep tables of its own, ask twice, or take an answer
twice or about what has not arrived.
"""
