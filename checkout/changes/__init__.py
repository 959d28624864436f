"""Changes of a placed order: units taken off or added, another address or delivery, what was wished with it.

A change applies at once and is one row of the order's history (`OrderChange`); its difference is charged by the link to
the order's page, or given back by itself. Added units are held first, priced as they are sold today, and belong to the
order once the change is written; units that were taken off go back to the stock. Never assigns an amount (that is
`orders.revising`), never talks to a provider (that is `payments`), and never says where units are (`fulfilment`).
"""
