"""Checkout: from the placed order to the delivered parcel, with the money."""
