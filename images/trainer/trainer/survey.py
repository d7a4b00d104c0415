"""Looks at every cell once, without keeping them: how many are missing, numbers, text, and which values occur."""

from collections.abc import Callable
from dataclasses import dataclass, field

from .cells import is_missing, is_number
from .columns import Columns
from .source import Source

EXAMPLES = 3
#: One more than any limit on distinct values, so that "too many" can be told.
DISTINCT_KEPT = 1001
#: More than any limit on the length of a value, and little enough to keep.
LENGTH_KEPT = 512


@dataclass
class ColumnSurvey:
    """What the cells of one column look like."""

    missing: int = 0
    numbers: int = 0
    texts: int = 0
    longest: int = 0
    missing_lines: list[int] = field(default_factory=list)
    text_examples: list[tuple[int, str]] = field(default_factory=list)
    distinct: set[str] = field(default_factory=set)

    def see(self, line: int, cell: str) -> None:
        if is_missing(cell):
            self.missing += 1
            if len(self.missing_lines) < EXAMPLES:
                self.missing_lines.append(line)
            return
        if is_number(cell):
            self.numbers += 1
        else:
            self.texts += 1
            if len(self.text_examples) < EXAMPLES:
                self.text_examples.append((line, cell))
        self.longest = max(self.longest, len(cell))
        if len(self.distinct) < DISTINCT_KEPT and len(cell) <= LENGTH_KEPT:
            self.distinct.add(cell)


@dataclass(frozen=True)
class Survey:
    rows: int
    columns: dict[str, ColumnSurvey]


def survey(source: Source, columns: Columns, tick: Callable[[int], None]) -> Survey:
    """One pass over the rows; tick hears the number of rows now and then."""
    places = [(source.header.index(name), ColumnSurvey()) for name in columns.used]
    rows = 0
    for line, cells in source.rows():
        rows += 1
        for place, seen in places:
            seen.see(line, cells[place])
        if rows % 10_000 == 0:
            tick(rows)
    return Survey(rows, dict(zip(columns.used, (seen for _, seen in places), strict=True)))
