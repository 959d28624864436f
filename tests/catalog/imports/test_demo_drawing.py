"""Drawn pictures: every kind, deterministic, of the right size and really drawn."""

from __future__ import annotations

import io
from xml.etree import ElementTree as xml

import pytest
from PIL import Image

from catalog.imports.demo import drawing, standin
from catalog.imports.demo.scenes.pen import Pen
from catalog.imports.demo.scenes.table import KINDS


@pytest.mark.parametrize("variation", [0, 1, 2])
def test_every_kind_is_a_scene_with_details(variation: int) -> None:
    for kind, draw in KINDS.items():
        pen = Pen("#3f6f66", "#d9a441", variation)
        draw(pen)
        assert len(list(xml.fromstring(pen.svg()).iter())) >= 10, kind  # noqa: S314  (our own text)
        assert pen.svg().count("<g ") == pen.svg().count("</g>"), kind


def test_a_picture_is_webp_of_four_to_five_and_always_the_same() -> None:
    key = drawing.key("mug", "#2f6f65", "#d9a441", 1, "kitchen")
    content = drawing.draw(key)
    with Image.open(io.BytesIO(content)) as picture:
        assert (picture.format, picture.size) == ("WEBP", (drawing.WIDTH, drawing.HEIGHT))
        assert drawing.WIDTH * 5 == drawing.HEIGHT * 4
    assert drawing.draw(key) == content


def test_the_thing_has_the_colour_that_the_key_names() -> None:
    red = drawing.image(drawing.key("mug", "#c02f2f", "#d9a441", 0, "kitchen")).getpixel((320, 560))
    blue = drawing.image(drawing.key("mug", "#2f4fc0", "#d9a441", 0, "kitchen")).getpixel((320, 560))
    assert red[0] > red[2]
    assert blue[2] > blue[0]


def test_derivatives_have_the_widths_that_were_asked_for() -> None:
    made = drawing.draw_all("group-toys", {"a.webp": drawing.WIDTH, "b.avif": 320})
    sizes = {name: Image.open(io.BytesIO(content)).size for name, content in made.items()}
    assert sizes == {"a.webp": (drawing.WIDTH, drawing.HEIGHT), "b.avif": (320, 400)}


def test_a_key_that_names_no_kind_is_an_error() -> None:
    with pytest.raises(KeyError):
        drawing.draw("unicorn.ffffff.000000.0.toys")


@pytest.mark.parametrize(
    ("path", "name", "kind"),
    [
        (["Computers", "Chromebooks & Laptops"], "Something 14", "laptop"),
        (["Printing", "Ink & Toner", "Toner Cartridges"], "006R90321", "cartridge"),
        (["Printing", "Printers", "Label Printers"], "X", "printer"),
        (["Displays", "TV & Monitor Mounts"], "X", "mount"),
        (["Cables", "Network Cables"], "1 m", "networkcable"),
        ([], "Wireless keyboard", "keyboard"),
        ([], "Something unheard of", "parcel"),
    ],
)
def test_an_imported_product_gets_the_nearest_kind(path: list[str], name: str, kind: str) -> None:
    assert standin.placeholder(path, name).split(".")[0] == kind


def test_a_stand_in_takes_its_colour_from_the_attribute_then_the_name() -> None:
    path = ["Peripherals", "Mice"]
    assert standin.placeholder(path, "Mouse, red", "Blue").split(".")[1] == "2f5fa8"
    assert standin.placeholder(path, "Mouse, red").split(".")[1] == "c0302f"
    assert standin.placeholder(path, "Mouse") == standin.placeholder(path, "Mouse")
