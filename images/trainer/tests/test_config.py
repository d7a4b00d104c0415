"""The configuration: what is refused, in which words."""

import json
from pathlib import Path
from typing import Any

import pytest

from trainer.config import check_config, read_config
from trainer.failure import Failure

from .building import config

RULE = "data.checks.schema"

CASES: list[tuple[dict[str, Any], str]] = [
    (
        {"contract": 2},
        "contract: 2 is not 1, the version that this trainer speaks; use the trainer image that belongs to the operator (compute.image)",
    ),
    (
        {"data.splitt": 1},
        "data: unknown field 'splitt'; did you mean split? Known fields: file, builtin, described, fallback, target, columns, ignore, checks and 1 more; remove it",
    ),
    (
        {"data.zzz": 1},
        "data: unknown field 'zzz'. Known fields: file, builtin, described, fallback, target, columns, ignore, checks and 1 more; remove it",
    ),
    ({"data.target": None}, "data.target: missing; set it"),
    ({"model": None}, "model: missing; set it"),
    (
        {"candidate.algorithm": "logisticRegresion"},
        "candidate.algorithm: 'logisticRegresion' is not one of logisticRegression, randomForest; did you mean logisticRegression?",
    ),
    ({"data.split.test": 0.9}, "data.split.test: 0.9 is above 0.5; choose a value from 0.05 to 0.5"),
    ({"data.checks.minRows": 3}, "data.checks.minRows: 3 is below 10; choose at least 10"),
    ({"data.target": 5}, "data.target: 5 is not of type string; correct it"),
    ({"data.target": "t" * 129}, "data.target: length 129 is outside the limit (maxLength 128); shorten or complete it"),
    ({"data.file": "/data/iris.csv"}, "data: exactly one of file and builtin must be set"),
    ({"data.builtin": None}, "data: exactly one of file and builtin must be set"),
    ({"data.columns": ["petal_width", "species"]}, "data.columns: 'species' is the target; take it out of columns"),
    ({"data.ignore": ["species"]}, "data.ignore: 'species' is the target; take it out of ignore"),
    ({"data.columns": ["petal_width", "petal_width"]}, "data.columns: 'petal_width' is listed twice; list it once"),
    ({"data.columns": []}, "data.columns: the list is empty; name at least one column or leave the field out"),
    (
        {"data.columns": ["petal_width"], "data.ignore": ["petal_width"]},
        "data.ignore: 'petal_width' is also in data.columns; keep it in one of them",
    ),
    ({RULE: [{"name": "a"}, {"name": "a"}]}, "data.checks.schema.1.name: 'a' has a rule already; keep one rule per column"),
    (
        {RULE: [{"name": "a", "type": "category", "min": 1}]},
        "data.checks.schema.0: min and max are for numbers, and 'a' is a category; use values",
    ),
    ({"rivals": [{"algorithm": "randomForest", "parameters": {}}]}, "ranking: missing; rivals needs it, so set it or remove rivals"),
    ({"tuning": {"trials": 3, "seed": 1}}, "ranking: missing; tuning needs it, so set it or remove tuning"),
    ({"ranking": {"by": "f1", "top": 1}}, "crossValidation: missing; ranking needs it, so set it or remove ranking"),
    ({RULE: [{"name": "a", "min": 2, "max": 1}]}, "data.checks.schema.0: min 2 is above max 1; exchange them"),
    ({RULE: [{"name": "a", "exclusiveMin": True}]}, "data.checks.schema.0.exclusiveMin: it needs min; set min or remove exclusiveMin"),
    (
        {RULE: [{"name": "a", "values": []}]},
        "data.checks.schema.0.values: the list is empty; list the allowed values or leave the field out",
    ),
    (
        {"candidate.parameters": {"max_itr": 5}},
        "candidate.parameters.max_itr: logisticRegression has no such parameter; did you mean max_iter? "
        "It knows max_iter, C, tol, fit_intercept, solver, class_weight, random_state",
    ),
    ({"candidate.parameters": {"max_iter": 0}}, "candidate.parameters.max_iter: must be an integer from 1 to 100000, got 0; correct it"),
    (
        {"candidate.parameters": {"max_iter": 1.5}},
        "candidate.parameters.max_iter: must be an integer from 1 to 100000, got 1.5; correct it",
    ),
    (
        {"candidate.parameters": {"max_iter": True}},
        "candidate.parameters.max_iter: must be an integer from 1 to 100000, got True; correct it",
    ),
    ({"candidate.parameters": {"C": 0}}, "candidate.parameters.C: must be a number above 0 to 1000000, got 0; correct it"),
    (
        {"candidate.parameters": {"solver": "adam"}},
        "candidate.parameters.solver: must be one of lbfgs, liblinear, newton-cg, newton-cholesky, sag, saga, got 'adam'; correct it",
    ),
    (
        {"candidate.parameters": {"class_weight": "b"}},
        "candidate.parameters.class_weight: must be one of balanced or null, got 'b'; correct it",
    ),
    ({"candidate.parameters": {"fit_intercept": 1}}, "candidate.parameters.fit_intercept: must be true or false, got 1; correct it"),
]


@pytest.mark.parametrize(("changes", "message"), CASES)
def test_a_bad_configuration_is_refused_in_words(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(Failure) as failure:
        check_config(config(changes))
    assert (failure.value.reason, failure.value.exit_code) == ("ConfigInvalid", 42)
    assert failure.value.message == message


def test_the_number_of_further_mistakes_is_told() -> None:
    with pytest.raises(Failure, match=r"missing; set it \(1 more\)$"):
        check_config(config({"data.target": None, "run": 0}))


@pytest.mark.parametrize("document", [None, [], "x", 3])
def test_a_document_that_is_no_object_is_refused(document: object) -> None:
    with pytest.raises(Failure, match="not of type object"):
        check_config(document)


def test_null_parameters_pass_where_the_table_allows_them() -> None:
    check_config(config({"candidate": {"algorithm": "randomForest", "parameters": {"max_depth": None, "max_features": None}}}))


def test_the_good_configuration_is_given_back(tmp_path: Path) -> None:
    file = tmp_path / "config.json"
    file.write_text(json.dumps(config()))
    assert read_config(file) == config()


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", b'{"contract": NaN}', b"[" * 100_000])
def test_a_file_that_is_not_json_is_refused(tmp_path: Path, raw: bytes) -> None:
    file = tmp_path / "config.json"
    file.write_bytes(raw)
    with pytest.raises(Failure, match="is not JSON"):
        read_config(file)


def test_a_missing_or_huge_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="No such file or directory; mount the file"):
        read_config(tmp_path / "absent.json")
    huge = tmp_path / "huge.json"
    huge.write_bytes(b" " * (1 << 20) + b"{}")
    with pytest.raises(Failure, match=r"1,048,578 bytes; at most 1,048,576 are read"):
        read_config(huge)
