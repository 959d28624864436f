"""What staff do with money that is held for an order: the history of it.

Owns: the steps: who asked for what is held to be taken, or let go of it, when and why. They are added, never changed.
Offers to others: `holds.add`; `steps_of`, `step`, `of_capture`.
Must not: move money: that is `payments`.
"""
