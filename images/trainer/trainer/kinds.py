"""Decides for each column whether it is a number or a category, and what the class labels are."""

from typing import Literal

from .cells import plain
from .columns import Columns, Rule
from .failure import Failure
from .survey import ColumnSurvey, Survey
from .wording import counted, listed, shown

Kind = Literal["number", "category"]

MAX_INFERRED_VALUES = 64
MAX_VALUES = 256
MAX_VALUE_LENGTH = 256
MAX_LABELS = 1000
MAX_LABEL_LENGTH = 128


def choose_kinds(columns: Columns, seen: Survey) -> dict[str, Kind]:
    """The kind of each feature column, in their order."""
    return {name: _kind(name, columns.rules.get(name), seen.columns[name]) for name in columns.features}


def _kind(name: str, rule: Rule | None, seen: ColumnSurvey) -> Kind:
    if seen.numbers + seen.texts == 0:
        raise Failure("DataInvalid", f"column {shown(name)} has no value in any row; fill it or put it into data.ignore")
    wanted = _wanted(rule)
    if wanted == "number":
        _refuse_text(name, seen, "its rule asks for numbers; correct the cells, or set type: category in the rule")
        return "number"
    if wanted is None and seen.texts == 0:
        return "number"
    if wanted is None and seen.numbers >= seen.texts:
        _refuse_text(name, seen, "the others are numbers; correct the cells, or add a rule with type: category to data.checks.schema")
    if seen.longest > MAX_VALUE_LENGTH:
        raise Failure(
            "DataInvalid",
            f"column {shown(name)} is text with a value of {seen.longest:,} characters, at most {MAX_VALUE_LENGTH} are allowed "
            "in a category; put it into data.ignore or shorten the values",
        )
    limit = MAX_INFERRED_VALUES if wanted is None else MAX_VALUES
    if len(seen.distinct) > limit:
        step = "put it into data.ignore" if wanted else "put it into data.ignore, or add a rule with type: category if it is one"
        raise Failure(
            "DataInvalid", f"column {shown(name)} is text with more than {limit} different values, the most for a category; {step}"
        )
    return "category"


def _wanted(rule: Rule | None) -> Kind | None:
    if rule is None:
        return None
    return rule.get("type") or ("number" if "min" in rule or "max" in rule else None)


def _refuse_text(name: str, seen: ColumnSurvey, why: str) -> None:
    if seen.texts:
        examples = ", ".join(f"line {line}: {shown(cell)}" for line, cell in seen.text_examples)
        total = seen.texts + seen.numbers
        raise Failure(
            "DataInvalid",
            f"column {shown(name)}: {seen.texts:,} of {counted(total, 'cell')} {'does' if seen.texts == 1 else 'do'} not read as "
            f"{'a number' if seen.texts == 1 else 'numbers'} ({examples}); {why}",
        )


def choose_labels(columns: Columns, seen: Survey) -> list[str]:
    """The class labels in their order: by value when all are whole numbers, else by text."""
    target, name = seen.columns[columns.target], columns.target
    if _wanted(columns.rules.get(name)) == "number":
        _refuse_text(name, target, "its rule asks for numbers; correct the cells, or remove type: number from the rule")
    if len(target.distinct) > MAX_LABELS:
        raise Failure(
            "DataInvalid",
            f"target {shown(name)} has more than {MAX_LABELS:,} different values, the most for a classification; "
            "choose another target, or group its values",
        )
    if target.longest > MAX_LABEL_LENGTH:
        raise Failure(
            "DataInvalid",
            f"target {shown(name)} has a value of {target.longest:,} characters, at most {MAX_LABEL_LENGTH} are allowed for a class; "
            "choose another target or shorten the values",
        )
    labels = {label_of(cell, whole=is_whole(target)) for cell in target.distinct}
    if len(labels) < 2:
        raise Failure(
            "DataInvalid",
            f"target {shown(name)} has {counted(len(labels), 'class', 'classes')}{f' ({listed(labels)})' if labels else ''} in "
            f"{counted(seen.rows, 'row')}, and a classifier needs at least 2; add rows of another class or choose another target",
        )
    return sorted(labels, key=float) if is_whole(target) else sorted(labels)


def is_whole(target: ColumnSurvey) -> bool:
    """Whether all labels are whole numbers, so that 1 and 1.0 are the same class."""
    return target.texts == 0 and all(float(cell).is_integer() for cell in target.distinct)


def label_of(cell: str, *, whole: bool) -> str:
    return plain(float(cell)) if whole else cell
