"""Who asked to be told when a sold-out variant is back, and the mails and pages that tell them.

Owns the requests: an e-mail address, a variant, and the id of the place in the line that the inventory keeps under the
same id. Offers ask, leave and erase, and signed links. The only place of the waiting line that knows people. Must not
count units or decide whose turn it is.
"""
