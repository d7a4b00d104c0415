"""Every kind of bad rows, with the reason and the whole message that a person reads."""

from pathlib import Path
from typing import Any

import pytest

from trainer.config import check_config
from trainer.failure import Failure
from trainer.load import load
from trainer.rowhash import row_hashes
from trainer.split import split_rows

from .building import csv_file, from_file

HEADER = "width,height,kind\n"
GOOD = HEADER + "".join(f"{row % 7}.5,{row},{'ab'[row % 2]}\n" for row in range(20))
WHERE = "claim rows, path rows.csv"


def rule(**fields: Any) -> dict[str, Any]:
    return {"data.checks.schema": [fields]}


CASES: list[tuple[str, str | bytes, dict[str, Any], str, str]] = [
    (
        "an empty file",
        "",
        {},
        "DataInvalid",
        f"{WHERE} is empty: it has no header line; put a header and rows into the file",
    ),
    (
        "a header and nothing else",
        HEADER,
        {},
        "DataInvalid",
        f"{WHERE} has a header and no rows; add rows below the header",
    ),
    (
        "no header",
        "1.5,2,a\n2.5,3,b\n",
        {},
        "DataInvalid",
        f"{WHERE} has no header: its first line is 1.5, 2, a; put the names of the columns first",
    ),
    (
        "a column without a name",
        "width,,kind\n1,2,a\n",
        {},
        "DataInvalid",
        f"column 2 of {WHERE} has no name; give every column of the header a name",
    ),
    (
        "two columns of one name",
        "width,kind,width\n1,a,2\n",
        {},
        "DataInvalid",
        f"the header of {WHERE} names width more than once; give each column its own name",
    ),
    (
        "semicolons",
        "width;height;kind\n1;2;a\n",
        {},
        "DataInvalid",
        f"the header of {WHERE} is one column, 'width;height;kind'; separate columns by commas",
    ),
    (
        "a ragged row",
        GOOD + "1.5,2\n",
        {},
        "DataInvalid",
        f"line 22 of {WHERE} has 2 cells, and the header has 3 columns; quote cells that contain a comma, or correct the line",
    ),
    (
        "a quote that never ends",
        GOOD + '"1.5,2,a\n',
        {},
        "DataInvalid",
        f"line 22 of {WHERE} is not valid CSV: unexpected end of data; correct the quotes or the line ends",
    ),
    (
        "bytes that are not UTF-8",
        GOOD.encode() + b"1.5,2,caf\xe9\n",
        {},
        "DataInvalid",
        f"line 22 of {WHERE} is not UTF-8: byte 0xe9 at position 10; save the file as UTF-8",
    ),
    (
        "a zero byte",
        GOOD.encode() + b"1.5,2,a\0\n",
        {},
        "DataInvalid",
        f"line 22 of {WHERE} contains a zero byte; save the file as CSV in UTF-8",
    ),
    (
        "a target that does not exist",
        GOOD,
        {"data.target": "knid"},
        "DataInvalid",
        f"data.target: {WHERE} has no column knid; did you mean kind? Its columns are width, height, kind; "
        "correct data.target or the header of the file",
    ),
    (
        "an unknown feature column",
        GOOD,
        {"data.columns": ["width", "colour"]},
        "DataInvalid",
        f"data.columns: {WHERE} has no column colour. Its columns are width, height, kind; correct data.columns or the header of the file",
    ),
    (
        "an unknown ignored column",
        GOOD,
        {"data.ignore": ["Width"]},
        "DataInvalid",
        f"data.ignore: {WHERE} has no column Width; did you mean width? Its columns are width, height, kind; "
        "correct data.ignore or the header of the file",
    ),
    (
        "a rule for an unknown column",
        GOOD,
        rule(name="depth"),
        "DataInvalid",
        f"data.checks.schema: {WHERE} has no column depth. Its columns are width, height, kind; "
        "correct data.checks.schema or the header of the file",
    ),
    (
        "no feature column",
        GOOD,
        {"data.ignore": ["width", "height"]},
        "DataInvalid",
        f"{WHERE} has no feature column left besides the target; take a column out of data.ignore or add one",
    ),
    (
        "text in a column whose rule asks for numbers",
        GOOD + "wide,2,a\n1.5,2,b\nwide,3,a\n",
        rule(name="width", type="number"),
        "DataInvalid",
        "column 'width': 2 of 23 cells do not read as numbers (line 22: 'wide', line 24: 'wide'); "
        "its rule asks for numbers; correct the cells, or set type: category in the rule",
    ),
    (
        "text among numbers without a rule",
        GOOD + "1.5,tall,a\n",
        {},
        "DataInvalid",
        "column 'height': 1 of 21 cells does not read as a number (line 22: 'tall'); the others are numbers; "
        "correct the cells, or add a rule with type: category to data.checks.schema",
    ),
    (
        "a number beyond float32",
        GOOD + "1e39,2,a\n",
        rule(name="width", type="number"),
        "DataInvalid",
        "column 'width': 1 of 21 cells does not read as a number (line 22: '1e39'); "
        "its rule asks for numbers; correct the cells, or set type: category in the rule",
    ),
    (
        "a category with too many values",
        "name,kind\n" + "".join(f"n{row},{'ab'[row % 2]}\n" for row in range(70)),
        {},
        "DataInvalid",
        "column 'name' is text with more than 64 different values, the most for a category; "
        "put it into data.ignore, or add a rule with type: category if it is one",
    ),
    (
        "a category with an endless value",
        GOOD.replace("width", "name").replace(".5,", "x,") + "w" * 5000 + ",2,a\n",
        {},
        "DataInvalid",
        "column 'name' is text with a value of 5,000 characters, at most 256 are allowed in a category; "
        "put it into data.ignore or shorten the values",
    ),
    (
        "an endless class",
        GOOD + "1.5,2," + "c" * 129 + "\n",
        {},
        "DataInvalid",
        "target 'kind' has a value of 129 characters, at most 128 are allowed for a class; choose another target or shorten the values",
    ),
    (
        "a column without any value",
        "width,height,kind\n" + "".join(f",{row},{'ab'[row % 2]}\n" for row in range(12)),
        {"data.checks.maxMissing": 1},
        "DataInvalid",
        "column 'width' has no value in any row; fill it or put it into data.ignore",
    ),
    (
        "one class only",
        HEADER + "1,2,a\n" * 12,
        {},
        "DataInvalid",
        "target 'kind' has 1 class (a) in 12 rows, and a classifier needs at least 2; add rows of another class or choose another target",
    ),
    (
        "a target without any value",
        HEADER + "1,2,\n" * 12,
        {},
        "DataInvalid",
        "target 'kind' has 0 classes in 12 rows, and a classifier needs at least 2; add rows of another class or choose another target",
    ),
    (
        "a target with a value per row",
        HEADER + "".join(f"1,2,{row}\n" for row in range(1002)),
        {},
        "DataInvalid",
        "target 'kind' has more than 1,000 different values, the most for a classification; choose another target, or group its values",
    ),
    (
        "a class with one row",
        GOOD + "1,2,c\n",
        {},
        "DataInvalid",
        "class 'c' of the target has 1 row, and a stratified split needs at least 2; add rows of this class, or leave its rows out",
    ),
    (
        "a class that the hash leaves without a test row",
        GOOD + "1,2,c\n",
        {"data.split.method": "hash", "data.split.salt": "s"},
        "DataInvalid",
        "class 'c' of the target has 1 row, none of them a test row (method hash, share 0.2); add rows of this class, "
        "or change split.salt, split.test or split.method",
    ),
    (
        "too few rows",
        HEADER + "1,2,a\n3,4,b\n" * 4,
        {},
        "ChecksRefused",
        "8 rows, and checks.minRows asks for 10; add rows or lower minRows",
    ),
    (
        "too few rows with a target",
        HEADER + "1,2,a\n3,4,b\n" * 4 + "1,2,\n" * 3,
        {"data.checks.maxMissing": 0.5},
        "ChecksRefused",
        "8 rows (3 rows without a target left out), and checks.minRows asks for 10; add rows or lower minRows",
    ),
    (
        "too many missing cells",
        GOOD + ",NA,a\n" * 4,
        {"data.checks.maxMissing": 0.1},
        "ChecksRefused",
        "column 'width' misses 4 of 24 cells (0.1667; line 22, 23, 24, …); column 'height' misses 4 of 24 cells (0.1667; line 22, 23, 24, …); "
        "checks.maxMissing is 0.1: fill the cells, ignore the column or raise it",
    ),
    (
        "a number below an exclusive minimum",
        GOOD + "0,2,a\n-1,2,b\n",
        rule(name="width", min=0, exclusiveMin=True, max=10),
        "ChecksRefused",
        "column 'width': 2 cells outside the rule (line 22: '0', line 23: '-1'); allowed: above 0 up to 10; "
        "correct the cells, or the rule in data.checks.schema",
    ),
    (
        "an unknown class",
        GOOD + "1,2,setosa\n" * 2,
        rule(name="kind", values=["a", "b"]),
        "ChecksRefused",
        "column 'kind': 2 cells outside the rule (line 22: 'setosa', line 23: 'setosa'); allowed: a, b; "
        "correct the cells, or the rule in data.checks.schema",
    ),
]


@pytest.mark.parametrize(("text", "changes", "reason", "message"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_bad_rows_are_refused_in_words(tmp_path: Path, text: str | bytes, changes: dict[str, Any], reason: str, message: str) -> None:
    settings = check_config(from_file(csv_file(tmp_path, text), changes))
    with pytest.raises(Failure) as failure:
        read_and_split(settings)
    assert (failure.value.reason, failure.value.message) == (reason, message)
    assert failure.value.exit_code == (43 if reason == "ChecksRefused" else 42)


def read_and_split(settings: Any) -> None:
    loaded = load(settings["data"], lambda _stage, _fraction: None)
    split_rows(loaded.dataset, row_hashes(loaded.dataset, settings["data"]["target"]), settings["data"]["split"])


def test_the_good_rows_of_the_table_pass(tmp_path: Path) -> None:
    read_and_split(check_config(from_file(csv_file(tmp_path, GOOD))))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("absent.csv", "claim rows, path absent.csv does not exist; put the file there or correct data.source"),
        ("folder", "claim rows, path folder is not a file; name one CSV file in data.source"),
        ("rows.csv/x", "claim rows, path x does not exist; put the file there or correct data.source"),
    ],
)
def test_a_missing_file_is_said_to_be_missing(tmp_path: Path, name: str, message: str) -> None:
    csv_file(tmp_path, GOOD)
    (tmp_path / "folder").mkdir()
    with pytest.raises(Failure) as failure:
        read_and_split(from_file(tmp_path / name))
    assert (failure.value.reason, failure.value.message) == ("DataMissing", message)
