"""Whether everything that belongs to an order goes with it."""

from __future__ import annotations

from django.apps import apps
from django.db.models import ForeignKey, Model

from checkout.archive import contents
from checkout.orders.models import Order

PARTS = {part.model for part in contents.PARTS}


def belongs(model: type[Model]) -> bool:
    """Whether rows of `model` name an order: by foreign key, by `order_id`, or through what does."""
    return any(
        (isinstance(field, ForeignKey) and field.related_model in {Order, *PARTS})
        or (field.column == "order_id" and not isinstance(field, ForeignKey))
        for field in model._meta.concrete_fields
    )


def test_every_table_of_an_order_is_archived_or_stays_for_a_reason() -> None:
    ours = {model for model in apps.get_models() if belongs(model) and not model._meta.proxy}
    missing = {model._meta.label_lower for model in ours - PARTS} - set(contents.KEPT)
    assert missing == set(), "add them to checkout.archive.contents.PARTS, or to KEPT with the reason"


def test_nothing_is_named_twice_or_in_vain() -> None:
    labels = {model._meta.label_lower for model in apps.get_models()}
    assert set(contents.KEPT) <= labels
    assert {model._meta.label_lower for model in PARTS} & set(contents.KEPT) == set()
    assert len(PARTS) == len(contents.PARTS)


def test_nothing_that_stays_points_to_what_goes() -> None:
    """A foreign key of the database would forbid the archive to take the row away."""
    pointing = [
        f"{model._meta.label_lower}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, ForeignKey) and field.related_model in {Order, *PARTS}
        and model._meta.concrete_model not in PARTS and field.db_constraint
    ]  # fmt: skip
    assert pointing == []


def test_parents_stand_before_their_children_and_are_found_by_an_index() -> None:
    known: set[type[Model]] = {Order}
    for part in contents.PARTS:
        assert part.parent in known, part
        known.add(part.model)
        fields = {field.column: field for field in part.model._meta.concrete_fields}
        firsts = {index.fields[0] for index in part.model._meta.indexes if index.fields}
        firsts |= {one.fields[0] for one in part.model._meta.constraints if getattr(one, "fields", ())}
        field = fields[part.column]
        assert isinstance(field, ForeignKey) or field.unique or field.name in firsts, part
