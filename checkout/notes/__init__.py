"""What staff write about orders: for themselves, or for the customer.

Owns: the notes. They are added, never changed or taken away.
Offers to others: `notes.add` (the customer is mailed what is for them, once); `notes_of`, `for_customer`.
Must not: change anything of the order.
"""
