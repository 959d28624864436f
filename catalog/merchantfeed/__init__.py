"""What comparison sites and shopping searches are told: a file of all that can be bought (Google's product data
specification, RSS 2.0), at `/feeds/google.xml`.

Owns the file and when it is made anew. Prices are those of the product page, by the same rules, as everybody sees them.
Must not ask anybody outside, and must not make a large catalogue's file in a request. See docs/adr/0034.
"""
