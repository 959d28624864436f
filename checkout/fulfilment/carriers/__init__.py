"""The carriers, by the code that settings, shipments and webhooks call them.

Each brings labels and news of its parcels. Talking to them is all that happens here; what they say is kept by
`checkout.fulfilment.tracking`.
"""
