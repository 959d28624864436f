"""`{{ field|without_placeholder }}`: fields of forms that are not the shop's own, as its pages show fields."""

from django import template
from django.forms import BoundField

register = template.Library()


@register.filter
def without_placeholder(field: BoundField) -> BoundField:
    """The same field, its label not said again within it."""
    field.field.widget.attrs.pop("placeholder", None)
    return field
