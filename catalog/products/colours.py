"""What colour a swatch has: the names that shops write in their options, and what they look like on a screen."""

from __future__ import annotations

OPTION_NAMES = {"colour", "color"}

HEX = {
    "amber": "#d98e04", "apricot": "#f2b48c", "aqua": "#5fc4c9", "beige": "#d9c9a9", "black": "#1c1c1e",
    "blue": "#2f5fa8", "blush": "#e8b8b0", "bronze": "#8a6438", "brown": "#6b4a32", "burgundy": "#6e1f33",
    "camel": "#b98f5e", "chalk": "#e9e4d7", "champagne": "#ecd9b6", "charcoal": "#3b3f44", "chestnut": "#7a4027",
    "clay": "#b5694a",
    "clear": "#eef3f5", "cobalt": "#2347a5", "copper": "#b3683a", "coral": "#f0735f", "cream": "#f4ecd8",
    "crimson": "#a8172f", "denim": "#4a6a8f", "ecru": "#e6dcc3", "emerald": "#1e7a55", "forest": "#2c4f3a",
    "gold": "#c9a24a", "graphite": "#46494d", "green": "#3b7d4f", "grey": "#8b8f94", "gray": "#8b8f94",
    "indigo": "#35407a", "ivory": "#f6f1e3", "khaki": "#8f8660", "lavender": "#b7a9d6", "lemon": "#f3de5b",
    "lilac": "#c3aedb", "lime": "#a4c639", "magenta": "#b8297e", "maroon": "#5f1d25", "mint": "#a8d8bf",
    "moss": "#66723f", "mustard": "#c99a1f", "natural": "#dcc8a0", "navy": "#1f2c4d", "oak": "#c49a66",
    "oat": "#ded2ba", "ochre": "#b97f24", "olive": "#6b6a35", "orange": "#e07b2a", "peach": "#f4bd9a",
    "petrol": "#1f5562", "pink": "#e58fab", "plum": "#5d2e52", "purple": "#6a3f92", "red": "#c0302f",
    "rose": "#d88a96", "ruby": "#9b1b3a", "rust": "#a84b24", "sage": "#9aa98a", "salmon": "#ee9a82",
    "sand": "#d8c3a0", "scarlet": "#c8261d", "silver": "#c3c7cb", "sky": "#9cc7e6", "slate": "#5a6672",
    "smoke": "#a5a9ab", "steel": "#7f8c97", "stone": "#b8b0a2", "tan": "#c19a6b", "teal": "#1f7a7a",
    "terracotta": "#c2653f", "turquoise": "#3ab5ae", "violet": "#7a52a8", "walnut": "#5f412b", "white": "#fbfbf9",
    "wine": "#6a2138", "yellow": "#ecc62e",
}  # fmt: skip


def is_colour(option_name: str) -> bool:
    """Whether an option of this name chooses a colour."""
    return option_name.strip().lower() in OPTION_NAMES


def colour(name: str) -> str | None:
    """ "#rrggbb" of a colour by its name ("Moss", "Dark blue" by its last word); None if unknown."""
    words = name.lower().replace("-", " ").split()
    return HEX.get(" ".join(words)) or (HEX.get(words[-1]) if words else None)
