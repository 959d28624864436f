"""Where made-up products stand and what kinds of thing they are: departments, groups, and categories that get more as
the catalogue grows. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

COLOURS = ("Black", "White", "Grey", "Blue", "Green", "Red", "Beige", "Brown", "Yellow", "Pink")
SIZES = ("XS", "S", "M", "L", "XL")
_SPECIAL = (
    "Compact", "Travel", "Professional", "Outdoor", "Mini", "Designer", "Vintage", "Folding", "Premium", "Basic",
)  # fmt: skip


@dataclass(frozen=True)
class Measure:
    """A number with a unit that products of a type have one of."""

    name: str
    unit: str
    values: Sequence[float]


@dataclass(frozen=True)
class Choice:
    """A text that products of a type have one of."""

    name: str
    values: Sequence[str]


@dataclass(frozen=True)
class Department:
    """A department with its groups ({name: nouns of its products}), the attributes of its one product type, what its
    variants differ in, and its middle price in major units.
    """

    name: str
    groups: Mapping[str, Sequence[str]]
    measure: Measure
    choices: Sequence[Choice]
    yes_or_no: str
    option: tuple[str, Sequence[str]]
    price: int


def _groups(text: str) -> dict[str, tuple[str, ...]]:
    lines = (line.split(":") for line in text.strip().splitlines())
    return {name.strip(): tuple(noun.strip() for noun in nouns.split(",")) for name, nouns in lines}


_COLOUR, _SIZE = ("Colour", COLOURS), ("Size", SIZES)
_METALS = Choice("Material", ("Steel", "Aluminium", "Copper", "Cast iron", "Plastic"))
_FABRICS = Choice("Fabric", ("Cotton", "Linen", "Wool", "Polyester", "Silk", "Denim"))
_WOODS = Choice("Wood", ("Oak", "Beech", "Pine", "Walnut", "Bamboo"))
_ENERGY = Choice("Energy class", ("A", "B", "C", "D", "E"))
_POWER = Choice("Power source", ("Mains", "Battery", "USB", "Solar"))

DEPARTMENTS = (
    Department("Kitchenware", _groups("""
        Cooking: Frying Pan, Saucepan, Wok, Casserole
        Baking: Cake Tin, Mixing Bowl, Rolling Pin, Baking Tray
        Knives: Chef Knife, Bread Knife, Peeler, Cutting Board
        Tableware: Dinner Plate, Soup Bowl, Mug, Water Glass
        Storage: Storage Jar, Lunch Box, Bread Bin, Spice Rack
    """), Measure("Capacity", "l", (0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 5, 7.5)), (_METALS,), "Dishwasher safe",
        _COLOUR, 25),
    Department("Small Appliances", _groups("""
        Coffee and Tea: Coffee Maker, Kettle, Milk Frother, Coffee Grinder
        Food Preparation: Blender, Food Processor, Hand Mixer, Juicer
        Breakfast: Toaster, Waffle Maker, Egg Cooker, Sandwich Maker
        Cleaning: Vacuum Cleaner, Steam Cleaner, Window Cleaner, Carpet Washer
        Climate: Fan, Heater, Air Purifier, Dehumidifier
    """), Measure("Power", "W", (300, 450, 600, 800, 1000, 1200, 1500, 1800, 2000, 2400)), (_ENERGY,), "Auto shut-off",
        _COLOUR, 80),
    Department("Audio", _groups("""
        Headphones: Headphone, Earbud, Headset, Sport Earphone
        Speakers: Bluetooth Speaker, Soundbar, Subwoofer, Shelf Speaker
        Music Players: Turntable, Radio, Record Cleaner, Cassette Deck
        Studio: Microphone, Audio Interface, Studio Monitor, Mixing Desk
        Amplifiers: Amplifier, Receiver, Phono Stage, Network Streamer
    """), Measure("Battery life", "h", (4, 6, 8, 10, 12, 16, 20, 24, 30, 40)),
        (Choice("Connection", ("Bluetooth", "Cable", "Wi-Fi", "Radio")),), "Noise cancelling", _COLOUR, 120),
    Department("Computing", _groups("""
        Input: Keyboard, Mouse Pad, Trackball, Graphics Tablet
        Displays: Monitor, Monitor Arm, Projector, Privacy Screen
        Drives: Solid State Drive, Memory Card, USB Stick, Drive Enclosure
        Networking: Router, Network Switch, Repeater, Network Cable
        Power: Charger, Power Bank, Docking Station, Laptop Stand
    """), Measure("Cable length", "cm", (30, 50, 80, 100, 120, 150, 180, 200, 300, 500)),
        (Choice("Port", ("USB-A", "USB-C", "HDMI", "DisplayPort", "Ethernet")),), "Wireless", _COLOUR, 60),
    Department("Photography", _groups("""
        Cameras: Compact Camera, System Camera, Action Camera, Instant Camera
        Lenses: Zoom Lens, Macro Lens, Lens Adapter, Lens Filter
        Supports: Tripod, Monopod, Gimbal, Camera Clamp
        Lighting: Flash, Softbox, Video Light, Reflector
        Carrying: Camera Bag, Camera Strap, Hard Case, Lens Pouch
    """), Measure("Weight", "g", (90, 150, 220, 300, 400, 550, 700, 900, 1200, 1800)),
        (Choice("Mount", ("M-mount", "E-mount", "F-mount", "Universal")),), "Weather sealed", _COLOUR, 150),
    Department("Furniture", _groups("""
        Seating: Armchair, Dining Chair, Bar Stool, Office Chair
        Tables: Dining Table, Coffee Table, Desk, Side Table
        Shelving: Bookcase, Wall Shelf, Shoe Rack, Coat Stand
        Bedroom: Bed Frame, Nightstand, Wardrobe, Dresser
        Lamps: Floor Lamp, Table Lamp, Pendant Lamp, Desk Lamp
    """), Measure("Width", "cm", (30, 40, 50, 60, 80, 100, 120, 140, 160, 200)), (_WOODS,), "Self assembly",
        _COLOUR, 180),
    Department("Home Textiles", _groups("""
        Bedding: Duvet Cover, Pillow Case, Blanket, Fitted Sheet
        Bathroom: Bath Towel, Bath Mat, Bathrobe, Shower Curtain
        Living: Cushion, Throw, Rug, Curtain
        Table: Tablecloth, Napkin, Table Runner, Placemat
        Utility: Laundry Bag, Tea Towel, Apron, Oven Glove
    """), Measure("Length", "cm", (40, 50, 60, 80, 100, 120, 140, 180, 200, 220)), (_FABRICS,), "Machine washable",
        _COLOUR, 30),
    Department("Clothing", _groups("""
        Tops: Shirt, Sweater, Hoodie, Polo Shirt
        Outerwear: Rain Jacket, Parka, Down Vest, Wool Coat
        Trousers: Chino, Hiking Short, Track Pant, Dungaree
        Accessories: Scarf, Beanie, Belt, Glove
        Sleepwear: Pyjama Set, Nightshirt, Slipper, Dressing Gown
    """), Measure("Fabric weight", "g", (120, 140, 160, 180, 200, 240, 280, 320, 360, 420)), (_FABRICS,),
        "Organic", _SIZE, 45),
    Department("Outdoor", _groups("""
        Camping: Tent, Sleeping Bag, Camping Mat, Camping Stove
        Carrying: Backpack, Duffel Bag, Hip Pack, Dry Bag
        Cycling: Bicycle Helmet, Bicycle Pump, Pannier, Bicycle Lock
        Water: Water Bottle, Paddle, Snorkel, Swim Goggle
        Navigation: Headlamp, Compass, Binocular, Trekking Pole
    """), Measure("Volume", "l", (1, 5, 10, 15, 20, 30, 40, 50, 65, 80)),
        (Choice("Season", ("Summer", "Three seasons", "Winter")),), "Waterproof", _COLOUR, 70),
    Department("Tools", _groups("""
        Power Tools: Cordless Drill, Jigsaw, Sander, Angle Grinder
        Hand Tools: Hammer, Screwdriver Set, Wrench, Plier
        Measuring: Tape Measure, Spirit Level, Laser Meter, Caliper
        Garden: Pruner, Rake, Garden Hose, Wheelbarrow
        Workshop: Workbench, Tool Box, Vice, Work Light
    """), Measure("Voltage", "V", (3.6, 7.2, 10.8, 12, 14.4, 18, 20, 36, 40, 230)), (_POWER,), "With case",
        _COLOUR, 65),
    Department("Toys and Games", _groups("""
        Building: Building Set, Marble Run, Model Kit, Wooden Block
        Puzzles: Jigsaw Puzzle, Brain Teaser, Magic Cube, Floor Puzzle
        Games: Board Game, Card Game, Dice Game, Quiz Game
        Outdoor Play: Kite, Scooter, Frisbee, Sandbox
        Creative: Paint Set, Modelling Clay, Sticker Book, Bead Kit
    """), Measure("Age from", "years", (1, 2, 3, 4, 5, 6, 8, 10, 12, 14)), (_WOODS,), "Batteries needed", _COLOUR, 28),
    Department("Personal Care", _groups("""
        Hair: Hair Dryer, Hair Straightener, Hair Brush, Curling Iron
        Shaving: Shaver, Beard Trimmer, Safety Razor, Shaving Brush
        Teeth: Electric Toothbrush, Water Flosser, Brush Head, Travel Case
        Wellness: Massage Gun, Foam Roller, Heating Pad, Aroma Diffuser
        Skin: Face Brush, Make-up Mirror, Manicure Set, Face Sauna
    """), Measure("Run time", "min", (15, 20, 30, 40, 45, 60, 75, 90, 120, 180)), (_POWER,), "Waterproof",
        _COLOUR, 40),
)  # fmt: skip


@dataclass(frozen=True)
class Shelf:
    """One category of the third level: its place in the tree, what its products are called, and whose type they are."""

    path: tuple[str, str, str]
    noun: str
    department: int


def shelves(number: int) -> int:
    """How many categories of the third level the products up to `number` stand in: some hundreds, slowly more."""
    return min(int(24 * math.log2(number + 2)), len(SHELVES))


def _shelves() -> tuple[Shelf, ...]:
    """In the order in which they come: first one of each group, then the others, then special kinds of them."""
    places = sorted(
        (nth, group, place, name, noun)
        for place, department in enumerate(DEPARTMENTS)
        for group, (name, nouns) in enumerate(department.groups.items())
        for nth, noun in enumerate(nouns)
    )
    return tuple(
        Shelf((DEPARTMENTS[place].name, name, kind + plural(noun)), noun, place)
        for kind in ("", *(f"{special} " for special in _SPECIAL))
        for _nth, _group, place, name, noun in places
    )


def plural(noun: str) -> str:
    """ "Storage Box" gives "Storage Boxes"."""
    if noun.endswith(("s", "x", "ch", "sh")):
        return f"{noun}es"
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun[:-2]}ves" if noun.endswith("fe") else f"{noun[:-1]}ves" if noun == "Scarf" else f"{noun}s"


SHELVES = _shelves()
