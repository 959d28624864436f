"""Discounts by coupon.

Owns coupons and their uses. Offers `selectors.discounts` (what codes take off), `services.redeem` and `give_back` (in
the order's transaction). Must not decide how totals are made: pricing does.
"""
