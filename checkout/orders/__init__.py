"""Orders: what was bought, for how much, by whom, and every step of its life.

Owns orders, their lines and steps, order numbers, and the one table of transitions. Offers `services.place`,
`services.apply` (the only code that assigns a status), `services.note_money`, `services.note_fulfilment`, selectors,
guests' links (`access`) and the mails about orders. Must not know payments, shipments or providers: those above tell it
sums and states, and it tells them by events.
"""
