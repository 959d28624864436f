"""The words that made-up products are called by. Few are used often and most hardly ever (Zipf's law), and the more
products there are the more words they have (Heaps' law). Pure.
"""

from __future__ import annotations

from random import Random


def _listed(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# The commonest first: whoever is of low rank is drawn most.
_PLAIN = _listed("""
classic light premium smart pure soft modern solid compact quick essential fine bright natural deep fresh silver
original active silent strong smooth slim clear warm double royal prime easy gentle urban nordic simple stone wave
river cloud forest summit harbour ember frost meadow canyon breeze drift maple cedar birch willow amber coral ivory
slate onyx pearl copper bronze iron steel cotton linen velvet canvas leather bamboo walnut oak ash crystal shadow
sunset dawn dusk noon winter summer autumn spring north south east west arc axis beacon bolt bridge castle circle
comet compass crown delta echo edge falcon feather field flame flow forge frame garden glow grain grove hawk haven
hearth heron hill horizon island jade jet key lagoon lake lantern leaf ledge lily linden loft lotus lunar lynx mesa
mint mist moon moss mountain nest nova oasis ocean olive orbit orchid otter palm path peak pebble pine pioneer pixel
plain plume polar pond prairie prism pulse quartz quill rain ranger raven reef ridge ripple robin rose sable sage
sail sand satin scout sequoia shell shore sierra signal silk sky snow solar sparrow spark spire spruce star storm
stream studio sun swan swift tempo terra thistle tide timber topaz trail tundra valley vapor vega vertex vine violet
vista vivid volt voyage wander water wheat whisper wild wind wing wolf wonder wood yarrow zenith zephyr agile airy
alpine ample ancient arctic bold brisk calm candid careful civic coastal cosmic cosy crisp curved dapper daring
deluxe elegant eternal even exact extra fair famous fast firm flat fluent formal frank free full futura global
golden grand great handy happy hearty heavy high honest humble ideal inner jolly keen kind large level little lively
local long loyal lucky major master mellow merry mild mobile narrow neat new noble open outer plush polished prompt
proud quiet rapid rare ready rich robust round rustic safe secure serene sharp shiny sleek slow small snug sober
stable steady stout sturdy sunny super supple sure sweet tall tame tender thick thin tidy tiny total tough tranquil
trim true trusty ultra upper useful vast velour versatile vital wide wise young
""")
_ENDINGS = _listed("ana aro bel den ella era eno fort gard ia ido ine isa lane let line lo luna mar mere ora ova rix")
_FIRST = _listed("""
Ar Bel Cor Dal El Fen Gar Hal Il Jor Kel Lum Mar Nor Ol Pell Quin Ras Sol Tor Ul Var Wel Xen Yor Zel Bran Cal Dor Fal
Gren Hol Kar Lor Mel Nar Or Pri Ros Stel Tal Ver Vol Wes
""")
_LAST = _listed("dano vio teka mora lis nix dera gon sia lan vex ro dell mont via zen tor nova ric ley bard stein holm")
_MIDDLE = _listed("a an ar e en er i in o on or u")

PLAIN = len(_PLAIN)


def word(rank: int) -> str:
    """The word of this rank, 0 the commonest: a plain one, then two joined ("rivermist"), then these with an ending."""
    if rank < PLAIN:
        return _PLAIN[rank]
    rank -= PLAIN
    ending, rank = divmod(rank, PLAIN * PLAIN)
    # Neighbours in rank begin differently, and every pair comes once.
    first, step = rank % PLAIN, rank // PLAIN
    joined = _PLAIN[first] + _PLAIN[(step + first * 7 + 1) % PLAIN]
    return joined + _ENDINGS[(ending - 1) % len(_ENDINGS)] if ending else joined


def known(number: int) -> float:
    """How many words the products up to `number` draw from (Heaps: 40 n^0.55)."""
    return float(PLAIN + 40 * number**0.55)


def draw(rng: Random, size: float) -> str:
    """One of the first `size` words, the n-th commonest 1/n as often as the commonest."""
    return word(int(size ** rng.random()) - 1)


def brands(number: int) -> int:
    """How many brands make the products up to `number`: like its root."""
    return 5 + int(3 * number**0.5)


def brand(index: int) -> str:
    """A name that no other brand has: "Arvio", "Belanmora"."""
    round_, place = divmod(index, len(_FIRST) * len(_LAST))
    first, step = place % len(_FIRST), place // len(_FIRST)
    last = _LAST[(step + first * 5) % len(_LAST)]
    middles = ""
    while round_:
        round_, middle = divmod(round_ - 1, len(_MIDDLE))
        middles += _MIDDLE[middle]
    return f"{_FIRST[first]}{middles}{last}"
