"""Decides whether rows are good enough: how many there are, how much is missing, and whether each value is allowed."""

from dataclasses import dataclass, field

from .cells import plain
from .columns import Columns, Rule
from .contract import TrainerConfigDataChecks
from .failure import Failure
from .survey import EXAMPLES, Survey
from .wording import counted, listed, share, shown

SHOWN_VIOLATIONS = 4


def check_amounts(checks: TrainerConfigDataChecks, columns: Columns, seen: Survey) -> None:
    """Refuses too few rows, and columns with too many missing cells."""
    usable = seen.rows - seen.columns[columns.target].missing
    if usable < checks["minRows"]:
        dropped = seen.rows - usable
        without = f" ({counted(dropped, 'row')} without a target left out)" if dropped else ""
        raise Failure(
            "ChecksRefused",
            f"{counted(usable, 'row')}{without}, and checks.minRows asks for {checks['minRows']}; add rows or lower minRows",
        )
    limit = checks["maxMissing"]
    sparse = [
        f"column {shown(name)} misses {column.missing:,} of {counted(seen.rows, 'cell')} ({share(column.missing / seen.rows)}; "
        f"line {', '.join(map(str, column.missing_lines))}{', …' if column.missing > EXAMPLES else ''})"
        for name, column in seen.columns.items()
        if column.missing / seen.rows > limit
    ]
    if sparse:
        raise Failure(
            "ChecksRefused", f"{_joined(sparse)}; checks.maxMissing is {share(limit)}: fill the cells, ignore the column or raise it"
        )


@dataclass
class RuleCheck:
    """Counts the cells of one column that break its rule."""

    name: str
    rule: Rule
    violations: int = 0
    examples: list[tuple[int, str]] = field(default_factory=list)

    def see(self, line: int, cell: str, number: float | None) -> None:
        if not self._allows(cell, number):
            self.violations += 1
            if len(self.examples) < EXAMPLES:
                self.examples.append((line, cell))

    def _allows(self, cell: str, number: float | None) -> bool:
        if number is not None and not self._in_range(number):
            return False
        values = self.rule.get("values")
        return values is None or cell in values or (number is not None and plain(number) in values)

    def _in_range(self, number: float) -> bool:
        low, high = self.rule.get("min"), self.rule.get("max")
        if low is not None and (number < low or (self.rule.get("exclusiveMin") and number == low)):
            return False
        return high is None or number <= high

    def sentence(self) -> str:
        examples = ", ".join(f"line {line}: {shown(cell)}" for line, cell in self.examples)
        return f"column {shown(self.name)}: {counted(self.violations, 'cell')} outside the rule ({examples}); allowed: {self._allowed()}"

    def _allowed(self) -> str:
        parts = []
        if "min" in self.rule:
            parts.append(f"{'above' if self.rule.get('exclusiveMin') else 'from'} {plain(self.rule['min'])}")
        if "max" in self.rule:
            parts.append(f"up to {plain(self.rule['max'])}")
        if "values" in self.rule:
            parts.append(listed(self.rule["values"]))
        return " ".join(parts)


def refuse_violations(rules: list[RuleCheck]) -> None:
    """Refuses when any rule was broken, naming the first few columns."""
    broken = [rule.sentence() for rule in rules if rule.violations]
    if broken:
        raise Failure("ChecksRefused", f"{_joined(broken)}; correct the cells, or the rule in data.checks.schema")


def _joined(sentences: list[str]) -> str:
    more = len(sentences) - SHOWN_VIOLATIONS
    text = "; ".join(sentences[:SHOWN_VIOLATIONS])
    return f"{text}; and {counted(more, 'more column')}" if more > 0 else text
