"""Which rows are used: the source, or the fallback and why."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trainer.builtin import open_builtin
from trainer.failure import Failure
from trainer.iris import IRIS
from trainer.load import Loaded, load

from .building import config, conforms, csv_file, from_file, mixed_csv


def loaded(settings: Any) -> Loaded:
    result = load(settings["data"], lambda _stage, _fraction: None)
    conforms("DataReport", result.report)
    return result


def iris_csv(target: str = "species", spell: dict[str, str] | None = None) -> str:
    iris = open_builtin("iris", "iris", target)
    lines = [",".join(iris.header), *(",".join([*cells[:4], (spell or {}).get(cells[4], cells[4])]) for _, cells in iris.rows())]
    return "\n".join(lines) + "\n"


SPECIES = {"setosa": "0", "versicolor": "1", "virginica": "2"}
SPECIES_RULE = [{"name": "species", "values": [*SPECIES, *SPECIES.values()]}]


def test_iris_is_150_rows_of_four_measures_and_three_species() -> None:
    result = loaded(config())
    assert result.dataset.numbers.shape == (150, 4)
    assert result.dataset.number_names == IRIS.features
    assert result.dataset.labels == ["setosa", "versicolor", "virginica"]
    assert np.bincount(result.dataset.target).tolist() == [50, 50, 50]
    assert result.report == {"source": "primary", "described": "built-in data set iris", "rows": 150, "columns": 4, "classes": 3}


@pytest.mark.parametrize("target", ["species", "target"])
def test_the_class_column_of_iris_has_both_of_its_names(target: str) -> None:
    assert loaded(config({"data.target": target})).dataset.rows == 150


def test_a_csv_of_iris_is_the_built_in_data_set(tmp_path: Path) -> None:
    read = loaded(from_file(csv_file(tmp_path, iris_csv()), {"data.target": "species", "data.checks.schema": SPECIES_RULE}))
    built_in = loaded(config())
    assert np.array_equal(read.dataset.numbers, built_in.dataset.numbers)
    assert np.array_equal(read.dataset.target, built_in.dataset.target)
    assert read.report["source"] == "primary"


@pytest.mark.parametrize("spell", [SPECIES, {name: f"{number}.0" for name, number in SPECIES.items()}])
def test_species_may_be_numbered(tmp_path: Path, spell: dict[str, str]) -> None:
    read = loaded(
        from_file(csv_file(tmp_path, iris_csv(spell=spell)), {"data.target": "species", "data.checks.schema": SPECIES_RULE}),
    )
    assert read.dataset.labels == ["0", "1", "2"]


def test_numbered_classes_are_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    text = "x,kind\n" + "".join(f"{row},{row % 12}\n" for row in range(24))
    assert loaded(from_file(csv_file(tmp_path, text))).dataset.labels == [str(n) for n in range(12)]


FALLBACK = {"data.fallback": "iris", "data.target": "species", "data.ignore": ["id"]}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (None, "DataMissing: claim rows, path rows.csv does not exist; put the file there or correct data.source"),
        ("", "DataInvalid: claim rows, path rows.csv is empty: it has no header line; put a header and rows into the file"),
        ("id,species\n1,a\n", "DataInvalid: claim rows, path rows.csv has no feature column left besides the target"),
        ("id,x,species\n1,1,a\n2,2,b\n", "ChecksRefused: 2 rows, and checks.minRows asks for 10; add rows or lower minRows"),
    ],
)
def test_the_fallback_is_used_for_a_missing_as_for_an_invalid_file_and_says_why(tmp_path: Path, text: str | None, why: str) -> None:
    if text is not None:
        csv_file(tmp_path, text)
    result = loaded(from_file(tmp_path / "rows.csv", FALLBACK))
    assert result.dataset.rows == 150
    assert (result.report["source"], result.report["described"]) == ("fallback", "built-in data set iris")
    assert result.report["message"].startswith(why)


def test_the_cause_of_a_fallback_comes_before_what_is_said_about_its_rows(tmp_path: Path) -> None:
    result = loaded(from_file(tmp_path / "rows.csv", {"data.fallback": "titanic", "data.target": "survived"}))
    message = result.report["message"]
    assert message.index("DataMissing: claim rows, path rows.csv does not exist") < message.index("; people of one class")
    assert result.report["source"] == "fallback"


def test_a_valid_file_needs_no_fallback(tmp_path: Path) -> None:
    settings = from_file(csv_file(tmp_path, mixed_csv()), {"data.fallback": "iris", "data.checks.maxMissing": 0.2})
    assert loaded(settings).report["source"] == "primary"


def test_a_fallback_that_does_not_fit_is_said_with_the_first_trouble(tmp_path: Path) -> None:
    settings = from_file(tmp_path / "rows.csv", {"data.fallback": "iris"})
    with pytest.raises(Failure) as failure:
        loaded(settings)
    assert failure.value.reason == "DataMissing"
    assert failure.value.message == (
        "claim rows, path rows.csv does not exist; put the file there or correct data.source. The fallback does not serve either: "
        "data.target: built-in data set iris has no column kind. Its columns are sepal_length, sepal_width, petal_length, petal_width, species; "
        "correct data.target or the header of the file"
    )


def test_rows_without_a_target_are_left_out_and_counted(tmp_path: Path) -> None:
    text = "x,kind\n" + "".join(f"{row},{'ab'[row % 2]}\n" for row in range(30)) + "1,\n2,NA\n"
    result = loaded(from_file(csv_file(tmp_path, text), {"data.checks.maxMissing": 0.1}))
    assert (result.dataset.rows, result.report["rows"]) == (30, 32)
    assert result.report["message"] == "2 rows without a target left out"


def test_missing_cells_are_nan_or_empty_and_columns_keep_the_order_asked_for(tmp_path: Path) -> None:
    text = "b,a,c,kind\n" + ",2,,x\n1,,blue,y\n" + "3,4,red,x\n" * 10
    result = loaded(from_file(csv_file(tmp_path, text), {"data.checks.maxMissing": 0.1, "data.columns": ["c", "a", "b"]}))
    assert result.shape.columns.features == ["c", "a", "b"]
    assert result.dataset.number_names == ["a", "b"]
    assert np.isnan(result.dataset.numbers[:2]).tolist() == [[False, True], [True, False]]
    assert result.dataset.texts[:2, 0].tolist() == ["", "blue"]


def test_a_column_of_numbers_is_a_category_when_a_rule_says_so(tmp_path: Path) -> None:
    text = "code,kind\n" + "".join(f"{row % 3},{'ab'[row % 2]}\n" for row in range(20))
    result = loaded(
        from_file(csv_file(tmp_path, text), {"data.checks.schema": [{"name": "code", "type": "category", "values": ["0", "1", "2"]}]})
    )
    assert result.dataset.text_names == ["code"]


def test_allowed_values_of_a_number_are_compared_as_numbers(tmp_path: Path) -> None:
    text = "code,kind\n" + "".join(f"{row % 3}.0,{'ab'[row % 2]}\n" for row in range(20))
    result = loaded(from_file(csv_file(tmp_path, text), {"data.checks.schema": [{"name": "code", "values": ["0", "1", "2"]}]}))
    assert result.dataset.number_names == ["code"]


def test_progress_is_told_stage_by_stage(tmp_path: Path) -> None:
    heard: list[tuple[str, float]] = []
    text = "x,kind\n" + "".join(f"{row},{'ab'[row % 2]}\n" for row in range(20_000))
    load(from_file(csv_file(tmp_path, text))["data"], lambda stage, fraction: heard.append((stage, fraction)))
    assert [stage for stage, _ in heard] == ["Loading", "Loading", "Loading", "Checking", "Checking", "Checking"]
    assert all(0 <= fraction <= 1 for _, fraction in heard)
