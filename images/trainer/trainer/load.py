"""Decides which rows a run learns from: the source that was asked for, or the fallback when that one is missing or invalid."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from .builtin import TABLES, open_builtin
from .checks import check_amounts
from .columns import choose_columns
from .contract import DataReport, TrainerConfigData
from .csvfile import open_csv
from .dataset import Dataset, Shape, read_dataset
from .failure import FALLBACK_REASONS, Failure
from .kinds import choose_kinds, choose_labels
from .source import Source
from .survey import survey
from .table import Table
from .wording import counted

#: Hears "Loading" or "Checking" and how much of it is done, from 0 to 1.
Tick = Callable[[str, float], None]


@dataclass(frozen=True)
class Loaded:
    """Rows that passed every check, and what there is to say about them."""

    dataset: Dataset
    shape: Shape
    report: DataReport
    file_digest: str


def load(data: TrainerConfigData, tick: Tick) -> Loaded:
    """Reads and checks the source; with a fallback, trouble with the rows leads there, and the report says why."""
    try:
        tick("Loading", 0)
        return _load(data, _primary(data), tick)
    except Failure as trouble:
        if "fallback" not in data or trouble.reason not in FALLBACK_REASONS:
            raise
        try:
            opened = open_builtin(data["fallback"], f"built-in data set {data['fallback']}", data["target"])
            loaded = _load(_for_fallback(data, TABLES[data["fallback"]]), opened, tick)
        except Failure as second:
            raise Failure(trouble.reason, f"{trouble.message}. The fallback does not serve either: {second.message}") from second
        # The cause comes first: what is said about the rows themselves may be cut off.
        report: DataReport = {**loaded.report, "source": "fallback"}
        known = report.pop("message", "")
        return replace(loaded, report=noted(noted(report, f"{trouble.reason}: {trouble.message}"), known))


def _primary(data: TrainerConfigData) -> Source:
    if "file" in data:
        return open_csv(Path(data["file"]), data["described"])
    return open_builtin(data["builtin"], data["described"], data["target"])


def _for_fallback(data: TrainerConfigData, table: Table) -> TrainerConfigData:
    """Columns that are left out of the source need not exist in the fallback."""
    return {**data, "ignore": [name for name in data.get("ignore", []) if name in table.features]}


def _load(data: TrainerConfigData, opened: Source, tick: Tick) -> Loaded:
    columns = choose_columns(data, opened)
    # A row is two bytes or more: a rough scale is enough for progress.
    expected = max(1, opened.size // 40)
    seen = survey(opened, columns, lambda rows: tick("Loading", min(1, rows / expected)))
    if seen.rows == 0:
        raise Failure("DataInvalid", f"{opened.described} has a header and no rows; add rows below the header")
    tick("Checking", 0)
    labels = choose_labels(columns, seen)
    kinds = choose_kinds(columns, seen)
    check_amounts(data["checks"], columns, seen)
    shape = Shape(columns, kinds, labels, seen)
    dataset = read_dataset(opened, shape, lambda rows: tick("Checking", rows / seen.rows))
    report: DataReport = {
        "source": "primary",
        "described": opened.described,
        "rows": seen.rows,
        "columns": len(columns.features),
        "classes": len(labels),
    }
    left_out = seen.rows - dataset.rows
    if left_out:
        report = noted(report, f"{counted(left_out, 'row')} without a target left out")
    return Loaded(dataset, shape, noted(report, opened.note), opened.digest())


def noted(report: DataReport, message: str) -> DataReport:
    """The report with one more sentence, if it is one, within the limit of the contract."""
    if not message:
        return report
    known = report.get("message")
    text = f"{known}; {message}" if known else message
    return {**report, "message": text if len(text) <= 600 else f"{text[:599]}…"}
