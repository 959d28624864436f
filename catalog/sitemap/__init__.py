"""What search engines are to know of: robots.txt and the sitemap, in parts that stay small in the largest catalogue.

Reads listings, categories and brands by their selectors and never writes; that pages may be indexed is said by the
pages themselves (docs/how-to/search-engines.md).
"""
