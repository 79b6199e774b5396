"""The roles that a district declares, and what is said of one that it does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from engine.audience import role_key
from engine.definition.problem_codes import HasPlace, Placed, did_you_mean, problem
from engine.errors import Problem
from engine.i18n import Text

#: Whoever mends a step that has nobody to ask: the engine's own, declared or not.
ADMIN: Final = "district_admin"
#: All of them.
ANY_ADMIN: Final = role_key(ADMIN)


@dataclass(frozen=True, slots=True)
class RoleTable:
    """What *district* calls its roles, by their names. Where it declares none, any name is a role."""

    district: str
    titles: Mapping[str, Text]

    def has(self, role: str) -> bool:
        """Whether *role* may be named here."""
        return not self.titles or role in self.titles or role == ADMIN

    def fault(self, role: str, at: Placed | HasPlace | None = None, path: str = "") -> Problem:
        """What is said of a *role* that the district has not."""
        return problem("undeclared-role", at, path, hint=self._meant(role), district=self.district, name=role)

    def _meant(self, role: str) -> Text | None:
        """The role that was meant, by its name or by what people call it."""
        said = next((name for name, title in self.titles.items() if role in title), None)
        if said:
            return Text(f"是不是 {said}？", f"did you mean {said}?")
        return did_you_mean(role, (*self.titles, ADMIN))


#: Of a process that is read without a district.
ANY_ROLE: Final = RoleTable("", {})
