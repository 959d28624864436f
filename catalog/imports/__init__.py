"""Products in from files, and out again.

Owns import jobs and what each row did. Offers `services.run` (preview, apply in batches, resume), `services.undo` and
`exports`. A broken row never stops the others: it lands in the error file with its number and reason. Must not fetch
anything from the network.
"""
