"""Forms as doors show them: which fields to fill, their widgets, their options, what stands in them already."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from typing import Any, Final

from engine.definition.model import Field, Process
from engine.i18n import both
from engine.operations.form_views import FormField, Option
from engine.operations.offering import Offers

#: A list to choose from holds this many lines at most; where more is offered one types to find.
FEW: Final = 20


class Forms:
    """The fields of one process as forms, with what each of them offers."""

    def __init__(self, process: Process, offers: Offers) -> None:
        self.process, self._offers = process, offers

    def fields(
        self, names: Iterable[str], data: dict[str, Any], *, complete: Container[str] | None = None,
        must: Container[str] = (),
    ) -> tuple[FormField, ...]:  # fmt: skip
        """The fields to fill: ``must`` are required, of ``complete`` (None = all) those that are not optional."""
        found = [field for name in names if (field := self.process.field_named(name)) is not None]
        return tuple(
            self.field(field, data.get(field.name), required=field.name in must or (
                not field.optional and (complete is None or field.name in complete)
            ))
            for field in found
            if field.value is None
        )  # fmt: skip

    def field(
        self, field: Field, value: Any, *, required: bool = True, rows: Iterable[Mapping[str, Any]] = ()
    ) -> FormField:
        """One field; ``value`` is what stands in it, ``required`` whether it may not stay empty where it is asked.

        Of a column, ``rows`` are those of its table.
        """
        if value is None and field.default is not None and field.default.formula is None:
            value = field.default.constant
        options, more = self._offered(field)
        within = (value, *(row.get(field.name) for row in rows))
        return FormField(
            name=field.name,
            title=field.title,
            type=field.type.name,
            value=value,
            required=required and field.when is None,
            options=options,
            more=more,
            called=self._called(field, within),
            min=field.min,
            max=field.max,
            group=field.group,
            columns=tuple(
                self.field(column, None, required=not column.optional, rows=value or ()) for column in field.columns
            ),
            key=field.key,
        )

    def _called(self, field: Field, values: Iterable[Any]) -> tuple[Option, ...]:
        """What stands in the field, in words, where it is chosen from what the district has."""
        held = [value for value in values if value]
        if not held or not field.type.points:
            return ()
        return tuple(Option(*pair) for pair in self._offers.called(field, held).items())

    def _offered(self, field: Field) -> tuple[tuple[Option, ...], bool]:
        """What a list holds, and whether more is offered than it holds."""
        if field.options or not field.type.points:
            return tuple(Option(one, both(one)) for one in field.options), False
        found = self._offers.find(field, "", FEW + 1)
        return found[:FEW], len(found) > FEW
