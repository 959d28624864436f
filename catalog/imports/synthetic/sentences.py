"""What is said of made-up products: sentences of ordinary words with rarer ones in between. Pure."""

from __future__ import annotations

from random import Random

from catalog.imports.synthetic import words

# {} is the product's noun, the marks are words of the catalogue. Each has 15 to 19 words, so that three or four are a
# description of 40 to 80.
_SENTENCES = tuple(
    sentence.strip().split("*")
    for sentence in """
    Made for every day, this {} brings a * touch and a * finish to any room.
    Thanks to its * design the {} stays * and * even after years of use.
    The * surface is easy to clean and keeps its * look for a long time.
    It comes with a * case, a * manual and two years of warranty from us.
    Whether at home or on the way, its * build and * details make work simple.
    Our makers in * use only * materials that were tested for more than a year.
    A * handle, a * base and * edges let you hold it safely with one hand.
    The {} of the * series goes well with all that is * and * in your home.
    Packed without plastic in a * box, it makes a * gift for friends and family too.
    If something breaks, every part of the * frame can be bought and replaced by yourself.
    Its * shape was awarded by * magazine and by the readers of * last spring.
    Light enough for a * trip, strong enough for * days, and quiet in the *.
    Choose the * one for small rooms, or the * one where more is asked for.
    With * and * on board the {} is ready in seconds and saves energy.
    Customers like how the * colour changes in the * light of the evening sun.
    Store it in a * place, wipe it with a * cloth, and it will last.
    """.strip().splitlines()
)


def description(rng: Random, noun: str, known: float) -> str:
    """40 to 80 words about a thing called `noun`, of which some are among the `known` commonest words."""
    thing = noun.lower()
    chosen = rng.sample(_SENTENCES, rng.choice((3, 4, 4)))
    return " ".join(_sentence(rng, parts, known) for parts in chosen).replace("{}", thing)


def _sentence(rng: Random, parts: list[str], known: float) -> str:
    said = parts[0]
    for part in parts[1:]:
        said += words.draw(rng, known) + part
    return said
