"""Holdfast: a storefront that never sells what it does not have. This package assembles the site on its foundation."""
