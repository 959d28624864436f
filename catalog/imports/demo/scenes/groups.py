"""The departments' pictures: a few things together. Kind, colour, accent, left, top and scale, the back ones first."""

from __future__ import annotations

GROUPS: dict[str, tuple[tuple[str, str, str, float, float, float], ...]] = {
    "computers": (
        ("monitor", "#3b4048", "#5b8fa8", -30, -150, 1.0),
        ("laptop", "#b9bec6", "#d08a5b", 40, 215, 0.78),
        ("mouse", "#e8e4da", "#c96f4a", 520, 560, 0.36),
    ),
    "audio": (
        ("speaker", "#3f4a52", "#c98a4b", 300, -60, 0.86),
        ("turntable", "#d9cdb8", "#c4553f", -70, 250, 0.74),
        ("headphones", "#2f6f6b", "#d9a441", 420, 370, 0.52),
    ),
    "home": (
        ("lamp", "#d98b5f", "#8fa89a", 250, -130, 0.96),
        ("chair", "#3f6b62", "#e0b04f", -100, 130, 0.86),
        ("planter", "#e8dcc8", "#c97b63", 430, 330, 0.58),
    ),
    "kitchen": (
        ("kettle", "#3f6f66", "#d9a441", 190, -90, 0.96),
        ("teapot", "#d9a04f", "#f4e4c4", -80, 240, 0.7),
        ("mug", "#c4604a", "#f4e4c4", 410, 310, 0.62),
    ),
    "clothing": (
        ("jacket", "#4f6f5c", "#d9a441", 90, -130, 1.0),
        ("sneaker", "#e8e0d2", "#c4604a", 300, 400, 0.6),
        ("beanie", "#c98a4b", "#7a3f34", -70, 420, 0.52),
    ),
    "outdoor": (
        ("tent", "#d98a4b", "#3f6b62", -10, -120, 1.0),
        ("backpack", "#3f6b74", "#d9a441", 380, 230, 0.7),
        ("lantern", "#b5503f", "#e0b04f", -30, 330, 0.58),
    ),
    "books": (
        ("poster", "#8a6a42", "#4f7f8c", 250, -170, 0.9),
        ("bookstack", "#3f6b74", "#c4604a", -70, 200, 0.8),
        ("pencils", "#e8e0d0", "#3f7f72", 410, 330, 0.6),
    ),
    "toys": (
        ("bear", "#b98a5c", "#d98b6f", 190, -120, 0.94),
        ("train", "#c4604a", "#3f6b74", -110, 290, 0.7),
        ("ball", "#e0a84f", "#4f8ca8", 440, 370, 0.5),
    ),
}
