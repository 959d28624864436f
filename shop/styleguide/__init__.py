"""The style guide (`/styleguide/`, with DEBUG only): tokens and components of the storefront in every state.

Offers one page, made of the same parts as the shop's pages, so that it cannot say anything else than they do.
Reads no table and is no part of the shop that shoppers see.
"""
