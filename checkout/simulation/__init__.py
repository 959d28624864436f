"""What a promotion would have cost: it is tried on past orders and on carts that were left.

Owns simulations and their results. Offers `services.ask` and `run` over the pure `rules`, which asks the engine of
promotions. Must not change any promotion, order or cart.
"""
