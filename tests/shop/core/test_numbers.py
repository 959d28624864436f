"""Numbers that no line ends within."""

from django.template import engines

from shop.core.templatetags import numbers


def test_a_number_stays_on_one_line_and_what_is_in_it_is_escaped() -> None:
    assert numbers.unbroken("ORD-2026000001") == '<span class="nowrap">ORD-2026000001</span>'
    assert numbers.unbroken("<b>") == '<span class="nowrap">&lt;b&gt;</span>'
    words = "{% blocktranslate with number=number|unbroken %}Order {{ number }}{% endblocktranslate %}"
    shown = engines["django"].from_string("{% load i18n numbers %}" + words).render({"number": "A-1"})
    assert shown == 'Order <span class="nowrap">A-1</span>'
