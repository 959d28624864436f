"""From a cart to a placed order.

Owns: the checkout's pages, what was entered on them, and `services.place_order`, the saga that holds the units, then
writes the order, its payment and the closed cart in one transaction. Offers `place_order`, and the end of orders that
were never paid (`cancel_unpaid`, `give_back_cart`).
Must not: talk to a payment provider in a request, take a price or total from the browser, or change an order's status.
"""
