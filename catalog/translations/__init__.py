"""What the merchant wrote, in the shop's other languages.

Owns the translations of products, categories and brands, and the word list: names and values that stand on many
things (options, attributes, delivery ways), each translated once. Offers them in the language of the page, for no
query where that is the shop's own. Must not know what is translated: who owns that publishes its event.
"""
