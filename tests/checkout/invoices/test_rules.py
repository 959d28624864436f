"""What papers lack: whatever happens to an order, they say in the end what it comes to, at every rate."""

from hypothesis import given
from hypothesis import strategies as st

from checkout.invoices import rules
from checkout.invoices.rules import GOODWILL, UNTAXED, Entry, Sums, Tax, Totals
from checkout.orders.rules import Amounts, part

VAT, GST = ("VAT", "0.2", True), ("GST", "0.05", False)
RATES = [VAT, GST, ("PST", "0.07", False), ("Zero", "0", False)]


@st.composite
def lines(draw, min_units=1):
    """A line as an order has it: (units, amounts, taxes)."""
    units = draw(st.integers(min_units, 9))
    total = draw(st.integers(0, 50_000)) * units
    discount = draw(st.integers(0, total))
    shipping = draw(st.integers(0, 2_000))
    chosen = draw(st.lists(st.sampled_from(RATES), max_size=2, unique=True))
    taxes = [Tax(rate, draw(st.integers(0, (total - discount) // 6)), draw(st.booleans())) for rate in chosen]
    included = sum(tax.minor for tax in taxes if tax.rate[2])
    return units, Amounts(total, discount, shipping, sum(tax.minor for tax in taxes), included), taxes


def scaled(taxes, amounts):
    """The taxes of a line whose sums became `amounts`, as `revising.scaled` brings them there."""
    from shop.core.money import Money

    left = {False: amounts.tax - amounts.included, True: amounts.included}
    found = []
    for is_included, minor in left.items():
        mine = [tax for tax in taxes if tax.rate[2] is is_included]
        shares = Money(minor, "EUR").allocate([tax.minor for tax in mine]) if mine else []
        found += [Tax(tax.rate, share.minor, tax.is_on_shipping) for tax, share in zip(mine, shares, strict=True)]
    return found


class Shop:
    """An order of lines that units come off, and its papers."""

    def __init__(self, found):
        self.lines = {str(key): one for key, one in enumerate(found)}
        self.goodwill = 0
        self.papers = []

    @property
    def standing(self):
        position = {key: rules.entry(*one) for key, one in self.lines.items()}
        position = {key: one for key, one in position.items() if one}
        goodwill = rules.goodwill(position, self.goodwill, "EUR")
        return {**position, GOODWILL: goodwill} if goodwill else position

    @property
    def due(self):
        return sum(amounts.value for _units, amounts, _taxes in self.lines.values()) - self.goodwill

    def take(self, key, units):
        left, amounts, taxes = self.lines[key]
        rest = amounts - part(amounts, units=units, of=left)
        self.lines[key] = left - units, rest, scaled(taxes, rest)
        self.goodwill = min(self.goodwill, sum(one[1].value for one in self.lines.values()))

    def settle(self):
        said = rules.told(self.papers)
        added, taken = rules.papers(rules.difference(self.standing, said), said)
        self.papers += [(kind, lines) for kind, lines in ((False, added), (True, taken)) if lines]
        return added, taken


def signed(papers, what):
    return sum((-1 if is_credit else 1) * what(lines) for is_credit, lines in papers)


@given(st.lists(lines(), min_size=1, max_size=4), st.data())
def test_papers_say_what_an_order_comes_to_whatever_happens_to_it(found, data):
    order = Shop(found)
    for _step in range(data.draw(st.integers(0, 6))):
        order.settle()
        happening = data.draw(st.sampled_from(["take", "allow", "add"]))
        if happening == "take":
            key = data.draw(st.sampled_from(sorted(order.lines)))
            order.take(key, data.draw(st.integers(0, order.lines[key][0])))
        elif happening == "allow":
            order.goodwill += data.draw(st.integers(0, order.due))
        else:
            order.lines[str(len(order.lines))] = data.draw(lines())
    order.settle()
    assert signed(order.papers, lambda lines: rules.totals(lines).gross) == order.due
    said = rules.told(order.papers)
    assert said == order.standing
    for rate in RATES:
        of_papers = signed(order.papers, lambda lines, rate=rate: rules.taxes(lines).get(rate, Sums()).tax)
        assert of_papers == rules.taxes(order.standing).get(rate, Sums()).tax
    assert order.settle() == ({}, {})


@given(st.lists(lines(), min_size=1, max_size=4), st.data())
def test_every_paper_and_line_adds_up_and_is_not_below_nought(found, data):
    order = Shop(found)
    order.settle()
    order.goodwill = data.draw(st.integers(0, order.due))
    order.settle()
    order.take(data.draw(st.sampled_from(sorted(order.lines))), 1)
    order.lines["new"] = data.draw(lines())
    order.settle()
    for _is_credit, position in order.papers:
        sums = rules.totals(position)
        assert sums.gross >= 0
        assert sums.net + sums.tax == sums.gross
        assert sum(one.tax for one in rules.taxes(position).values()) == sums.tax
        for one in position.values():
            assert one.net + one.amounts.tax == one.gross == one.amounts.value


@given(st.lists(lines(), min_size=1, max_size=4))
def test_goodwill_of_everything_is_everything_at_every_rate(found):
    order = Shop(found)
    order.goodwill = order.due
    assert sum((one for one in order.standing.values()), Entry()).gross == 0
    assert {rate: sums for rate, sums in rules.taxes(order.standing).items() if sums.tax} == {}


def test_a_tax_is_on_the_goods_or_on_the_delivery_too():
    amounts = Amounts(total=1200, discount=200, shipping=500, tax=50)
    assert rules.entry(2, amounts, [Tax(GST, 50)]).taxes == {GST: Sums(1000, 50), UNTAXED: Sums(500, 0)}
    assert rules.entry(2, amounts, [Tax(GST, 50, True)]).taxes == {GST: Sums(1500, 50)}
    within = Amounts(total=1200, tax=200, included=200)
    assert rules.entry(1, within, [Tax(VAT, 200)]).taxes == {VAT: Sums(1000, 200)}
    assert rules.entry(1, Amounts(total=700), []).taxes == {UNTAXED: Sums(700, 0)}


def test_what_is_added_and_what_is_taken_off_stand_on_papers_of_their_own():
    one, two = Entry(1, Amounts(total=900)), Entry(3, Amounts(total=300))
    assert rules.papers({"a": one, "b": -two}, {}) == ({"a": one}, {"b": two})


def test_a_line_that_lost_units_and_became_dearer_to_deliver_is_credited_and_invoiced_anew():
    was = rules.entry(3, Amounts(total=300, shipping=599, tax=45), [Tax(GST, 45, True)])
    now = rules.entry(2, Amounts(total=200, shipping=1599, tax=90), [Tax(GST, 90, True)])
    assert rules.papers({"a": now - was}, {"a": was}) == ({"a": now}, {"a": was})
    assert rules.papers({"a": was - now}, {"a": now}) == ({"a": was}, {"a": now})
    only_delivery = rules.entry(0, Amounts(shipping=1599), [])
    assert rules.papers({"a": only_delivery - was}, {"a": was}) == ({"a": only_delivery}, {"a": was})


def test_goodwill_that_gives_way_to_a_return_comes_off_its_credit_note():
    back, less = Entry(1, Amounts(total=1000)), Entry(0, Amounts(total=400))
    added, taken = rules.papers({"a": -back, GOODWILL: less}, {})
    assert (added, taken) == ({}, {"a": back, GOODWILL: -less})
    assert rules.totals(taken) == Totals(600, 0, 600)
    assert rules.papers({GOODWILL: less}, {}) == ({GOODWILL: less}, {})
    assert rules.papers({GOODWILL: -less}, {}) == ({}, {GOODWILL: less})


def test_units_that_cost_nothing_are_invoiced_and_credited_too():
    free = Entry(2, Amounts(total=500, discount=500))
    assert rules.papers({"a": free}, {}) == ({"a": free}, {})
    assert rules.papers({"a": -free}, {}) == ({}, {"a": free})


def test_numbers():
    assert rules.number("INV", 2026, 1) == "INV-2026-000001"
    assert rules.number("CN", 2027, 1234567) == "CN-2027-1234567"
