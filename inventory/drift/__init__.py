"""Whether the stock's counters agree with their rows, every night.

Owns the outcomes (StockCheck). Offers `services.run`: the checks of stock, reservations, transfers and the line, kept
with what they found and told to staff. Must not mend anything: drift is a fault whose cause a person has to find.
"""
