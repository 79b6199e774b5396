"""Forms as doors show and read them: which fields to fill, their widgets and options, what stands in them already."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from typing import Any, Final

from engine.definition.expression import Formula
from engine.definition.fields.variants import depends, rule_of, when_words
from engine.definition.model import Field, Process
from engine.definition.values.kinds.table import kind_of
from engine.i18n import both
from engine.operations.offering import Offers
from engine.operations.reading.form_views import FormField, Option

#: A list to choose from holds this many lines at most; where more is offered one types to find.
FEW: Final = 20


class Forms:
    """The fields of one process as forms, with what each of them offers; without *offers*, as they are read when sent.

    *holds* says whether a condition of a field holds.
    """

    def __init__(self, process: Process, holds: Callable[[Formula], bool], offers: Offers | None) -> None:
        self.process, self._holds, self._offers = process, holds, offers

    def fields(
        self, names: Iterable[str], data: dict[str, Any], *, complete: Container[str] | None = None,
        must: Container[str] = (), beside: Container[str] = (),
    ) -> tuple[FormField, ...]:  # fmt: skip
        """The fields to fill: ``must`` are required, of ``complete`` (None = all) those that are not optional.

        A variant is there with the words that say when, if the form itself decides it (``beside`` are fields that stand
        elsewhere on it); otherwise it is there or not.
        """
        wanted = tuple(names)
        found = [field for name in wanted if (field := self.process.field_named(name)) is not None]
        return tuple(
            self.field(field, data.get(field.name), variant=variant, required=field.name in must or (
                not field.optional and (complete is None or field.name in complete)
            ))
            for field in found
            for variant in (any(depends(self.process, field, form) for form in (wanted, beside)),)
            if field.value is None and (variant or field.when is None or self._holds(field.when))
        )  # fmt: skip

    def field(
        self, field: Field, value: Any, *, required: bool = True, variant: bool = False,
        rows: Iterable[Mapping[str, Any]] = (),
    ) -> FormField:  # fmt: skip
        """One field; ``value`` is what stands in it, ``required`` whether it may not stay empty where it is asked.

        Whether a ``variant`` is asked is decided beside it. Of a column, ``rows`` are those of its table.
        """
        if value is None and field.default is not None and field.default.formula is None:
            value = field.default.constant
        options, more = self._offered(field)
        within = (value, *(row.get(field.name) for row in rows))
        return FormField(
            name=field.name,
            title=field.title,
            type=field.type.name,
            kind=field.type.kind,
            value=value,
            required=required,
            when=when_words(self.process, field) if variant else None,
            rule=rule_of(field) if variant else None,
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
        if not held or self._offers is None or not kind_of(field.type).points:
            return ()
        return tuple(Option(*pair) for pair in self._offers.called(field, held).items())

    def _offered(self, field: Field) -> tuple[tuple[Option, ...], bool]:
        """What a list holds, and whether more is offered than it holds."""
        if field.options or not kind_of(field.type).points:
            return tuple(Option(one, both(one)) for one in field.options), False
        if self._offers is None:
            return (), True  # a form that was sent has words to find by wherever its page had room for them
        found = self._offers.find(field, "", FEW + 1)
        return found[:FEW], len(found) > FEW
