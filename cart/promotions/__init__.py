"""What is taken off, by whom and how often.

Owns promotions, coupons and their uses. Offers `selectors.offered`, the pure `engine` (what promotions make of what is
bought), `services.redeem` and `give_back` (in the order's transaction). Must not decide how totals are made: pricing
does.
"""
