"""What products stand on: categories, brands, sellers, product types and their attributes, made where missing."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from catalog.imports.rows import ProductRow, RowError
from catalog.imports.survey import Survey, code_of, type_of
from catalog.products import brands, categories, rules
from catalog.products.models import Attribute


class Ground:
    """Finds by name, and remembers for the length of one import, the rows that products refer to."""

    def __init__(self, *, by: str) -> None:
        self.by = by
        self.forget()

    def forget(self) -> None:
        """After a transaction was rolled back: what was made in it is not there."""
        self._brands: dict[str, UUID] = {}
        self._sellers: dict[str, UUID] = {}
        self._types: dict[str, UUID] = {}
        self._categories: dict[tuple[str, ...], UUID] = {}
        self._specs: dict[UUID, dict[str, rules.AttributeSpec]] = {}

    def prepare(self, survey: Survey) -> None:
        """Make the product types and attributes that the file has and the shop has not; what is there stays."""
        for name in survey:
            product_type = self.product_type(name)
            has = set(Attribute.objects.filter(product_type_id=product_type).values_list("code", flat=True))
            filters = survey.filters(name)
            Attribute.objects.bulk_create(
                [
                    Attribute(
                        product_type_id=product_type,
                        code=code,
                        name=seen.name[0].upper() + seen.name[1:],
                        kind=seen.kind,
                        is_filterable=code in filters,
                        position=min(position, 32_000),
                    )
                    for position, (code, seen) in enumerate(survey.types[name].items())
                    if code not in has
                ],
                batch_size=1000,
                ignore_conflicts=True,
            )

    def brand(self, name: str) -> UUID | None:
        if not name:
            return None
        if name not in self._brands:
            self._brands[name] = brands.ensure_brand(name=name).pk
        return self._brands[name]

    def seller(self, name: str) -> UUID:
        """The seller called `name`; the shop itself for ""."""
        if name not in self._sellers:
            found = brands.ensure_seller(name=name) if name else brands.default_seller()
            self._sellers[name] = found.pk
        return self._sellers[name]

    def product_type(self, name: str) -> UUID:
        if name not in self._types:
            code = rules.slug(name, "general")[:140]
            self._types[name] = brands.ensure_product_type(code=code, name=name).pk
        return self._types[name]

    def category(self, path: tuple[str, ...]) -> UUID | None:
        if not path:
            return None
        if path not in self._categories:
            self._categories[path] = categories.ensure_path(names=path, by=self.by).pk
        return self._categories[path]

    def attributes(self, row: ProductRow) -> dict[str, str | int | float | bool]:
        """A row's attributes by code, as their product type wants them. Raises `RowError`."""
        specs = self._specs_of(self.product_type(type_of(row)))
        result: dict[str, str | int | float | bool] = {}
        for label, value in row.attributes.items():
            spec = specs.get(code_of(label))
            if spec is None:
                continue
            try:
                result[spec.code] = str(value) if spec.kind == "text" else rules.clean_value(spec, value)
            except rules.BadValue as error:
                raise RowError(f"attribute {label!r}: {error}") from error
        return result

    def _specs_of(self, type_id: UUID) -> dict[str, rules.AttributeSpec]:
        if type_id not in self._specs:
            rows: Iterable[Attribute] = Attribute.objects.filter(product_type_id=type_id)
            self._specs[type_id] = {
                row.code: rules.AttributeSpec(code=row.code, kind=row.kind, choices=tuple(row.choices)) for row in rows
            }
        return self._specs[type_id]
