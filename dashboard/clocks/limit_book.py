"""The table of limits 时限表: which limit a case gets, by category and 立案条件."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from dashboard.clocks.limit import Limit


@dataclass(frozen=True, slots=True)
class LimitRule:
    """One row of ``limit_rules``. ``condition`` "": whatever the condition; ``valid_from`` None:
    always. Rules are never changed; a later ``rule_id`` stands for a later decision."""

    rule_id: int
    category_id: int
    condition: str
    limit: Limit
    valid_from: date | None = None


class LimitBook:
    """Finds the limit of a case on the day its clock starts.

    ``plain`` are the limits on the categories themselves, ``parents`` the 大类 of each 小类.
    """

    def __init__(
        self,
        rules: Iterable[LimitRule],
        *,
        plain: Mapping[int, Limit] | None = None,
        parents: Mapping[int, int] | None = None,
    ) -> None:
        self._plain = dict(plain or {})
        self._parents = dict(parents or {})
        self._rules: dict[tuple[int, str], list[LimitRule]] = {}
        for rule in rules:
            self._rules.setdefault((rule.category_id, rule.condition), []).append(rule)
        for found in self._rules.values():
            found.sort(key=lambda rule: (rule.valid_from or date.min, rule.rule_id), reverse=True)

    def limit_for(self, category_id: int, condition: str | None, day: date) -> Limit | None:
        """The limit of a category under a condition for a case whose clock starts on ``day``.

        The rule of the very condition comes before the category's rule for any condition; of
        several the newest that is valid on the day (domain rule 2.5: a changed limit touches only
        cases dispatched later). Without a rule the limit on the category itself counts, then the
        same of its parent. None: a category without a limit, whose cases have no deadline.
        """
        step: int | None = category_id
        seen: set[int] = set()
        while step is not None and step not in seen:
            seen.add(step)
            rule = self.rule_for(step, condition or "", day) or self.rule_for(step, "", day)
            if rule is not None:
                return rule.limit
            if step in self._plain:
                return self._plain[step]
            step = self._parents.get(step)
        return None

    def rule_for(self, category_id: int, condition: str, day: date) -> LimitRule | None:
        """The newest rule for exactly this category and condition valid on the day."""
        for rule in self._rules.get((category_id, condition), ()):
            if rule.valid_from is None or rule.valid_from <= day:
                return rule
        return None

    def has_rule(self, category_id: int, condition: str) -> bool:
        """Whether there was ever a rule for exactly this category and condition."""
        return (category_id, condition) in self._rules
