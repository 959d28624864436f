"""Units on their way from one location to another.

Owns transfers and their lines. Offers save, send, receive, close and cancel, each once however often it is asked for.
Units under way belong to nobody's on hand; the ledger shows them leave at sending and come at receipt, with the
document "transfer:<id>". Must not know who was promised what: only unpromised units leave.
"""
