"""The exported graph: what goes in and out, and that it answers as the trained model did."""

from itertools import product
from typing import Any, cast

import numpy as np
import onnx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trainer import export as export_module
from trainer.contract import TrainerConfigCandidate
from trainer.dataset import Dataset
from trainer.export import IR_VERSION, ML_OPSET, OPSET, export
from trainer.failure import Failure
from trainer.fit import Answers, Effort, Model, answer, fit
from trainer.manifest import onnx_signature
from trainer.parity import TOLERANCE, check_parity, replay

from .building import dataset

CANDIDATES: list[tuple[str, dict[str, Any]]] = [
    *(("logisticRegression", {"solver": solver, "max_iter": 3000}) for solver in ("lbfgs", "newton-cg", "newton-cholesky", "sag", "saga")),
    ("logisticRegression", {"fit_intercept": False, "class_weight": "balanced", "C": 1e6}),
    ("randomForest", {"n_estimators": 40}),
    ("randomForest", {"n_estimators": 10, "criterion": "entropy", "bootstrap": False, "max_features": None, "class_weight": "balanced"}),
    ("randomForest", {"n_estimators": 2, "max_depth": 1}),
]
COLUMNS = {"numbers": (4, 0), "texts": (0, 2), "both": (3, 2), "one number": (1, 0), "one text": (0, 1)}


def rows(columns: tuple[int, int], classes: int, count: int = 300) -> Dataset:
    random = np.random.default_rng(7)
    numbers = random.normal(size=(count, columns[0])) * 10.0 ** np.arange(columns[0])
    numbers[random.random(numbers.shape) < 0.05] = np.nan
    texts = random.choice(["", "north", "süd", "a,b", "日本"], size=(count, columns[1]))
    score = np.nan_to_num(numbers).sum(axis=1) + (texts == "north").sum(axis=1) * 2 + random.normal(size=count)
    target = np.digitize(score, np.quantile(score, np.arange(1, classes) / classes))
    return dataset(numbers.tolist(), texts.tolist(), target.tolist())


def trained(how: tuple[str, dict[str, Any]], train: Dataset) -> Model:
    candidate = cast(TrainerConfigCandidate, {"algorithm": how[0], "parameters": how[1]})
    return fit(candidate, train, Effort(1, lambda _done, _left: None))


@pytest.mark.parametrize(("how", "classes"), list(product(CANDIDATES, [2, 3])), ids=lambda value: str(value)[:60])
def test_the_graph_answers_as_the_model_for_every_algorithm(how: tuple[str, dict[str, Any]], classes: int) -> None:
    every = rows(COLUMNS["both"], classes)
    train, test = every.take(np.arange(200)), every.take(np.arange(200, 300))
    model = trained(how, train)
    parity = check_parity(answer(model, test), replay(export(model, test), test, 1))
    assert parity.rows == 100
    assert parity.largest_difference < 2e-6


@pytest.mark.parametrize("columns", COLUMNS.values(), ids=COLUMNS.keys())
@pytest.mark.parametrize("algorithm", ["logisticRegression", "randomForest"])
def test_the_graph_takes_every_mixture_of_columns(algorithm: str, columns: tuple[int, int]) -> None:
    test = rows(columns, 3)
    model = trained((algorithm, {}), test)
    graph = export(model, test)
    check_parity(answer(model, test), replay(graph, test, 1))
    loaded = onnx.load_from_string(graph)
    signature = onnx_signature(test)
    assert [value.name for value in loaded.graph.input] == [item["name"] for item in signature["inputs"]]
    assert [value.name for value in loaded.graph.output] == ["label", "probabilities"]
    assert {opset.domain: opset.version for opset in loaded.opset_import} == {"": OPSET, "ai.onnx.ml": ML_OPSET}
    assert loaded.ir_version == IR_VERSION
    assert {node.domain for node in loaded.graph.node} <= {"", "ai.onnx.ml"}
    assert not [tensor for tensor in loaded.graph.initializer if tensor.external_data]


def test_large_offsets_and_tiny_differences_survive_float32() -> None:
    random = np.random.default_rng(2)
    stamps = 1.7e9 + random.integers(0, 40, 400) * 128.0
    tiny = 1e-20 * random.normal(size=400)
    target = ((stamps - 1.7e9) / 128 + tiny * 1e20 * 5 > 20).astype(int)
    test = dataset(np.column_stack([stamps, tiny]).tolist(), [], target.tolist())
    for algorithm in ("logisticRegression", "randomForest"):
        model = trained((algorithm, {}), test)
        assert check_parity(answer(model, test), replay(export(model, test), test, 1)).largest_difference < 1e-5


def test_values_at_the_thresholds_of_trees_fall_on_the_same_side() -> None:
    values = np.arange(0, 50, 0.1, dtype=np.float32)
    test = dataset([[float(value)] for value in values], [], [int(value * 10) % 2 for value in values])
    model = trained(("randomForest", {"n_estimators": 30}), test)
    thresholds = np.concatenate([tree.tree_.threshold for tree in model.classifier.estimators_])
    edges = thresholds.astype(np.float32)
    around = np.concatenate([edges, np.nextafter(edges, np.float32(np.inf)), np.nextafter(edges, np.float32(-np.inf))])
    probe = dataset([[float(value)] for value in around], [], [0, 1] * (len(around) // 2) + [0] * (len(around) % 2))
    assert check_parity(answer(model, probe), replay(export(model, test), probe, 1)).largest_difference < 1e-6


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.floats(width=32, allow_infinity=False), min_size=3, max_size=3), st.text(max_size=6))
def test_any_row_is_answered_alike_by_graph_and_model(numbers: list[float], text: str) -> None:
    probe = dataset([numbers], [[text.replace("\0", "").encode("utf-8", "replace").decode(), "north"]], [0])
    for model, graph in EXPORTED:
        replayed, recorded = replay(graph, probe, 1), answer(model, probe)
        assert check_parity(recorded, replayed).largest_difference <= TOLERANCE


def _exported() -> list[tuple[Model, bytes]]:
    test = rows(COLUMNS["both"], 3)
    models = [trained((algorithm, {}), test) for algorithm in ("logisticRegression", "randomForest")]
    return [(model, export(model, test)) for model in models]


EXPORTED = _exported()


def test_a_graph_is_the_same_in_every_run() -> None:
    test = rows(COLUMNS["both"], 3)
    assert export(trained(("randomForest", {}), test), test) == export(trained(("randomForest", {}), test), test)


def test_rows_are_replayed_in_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    test = rows(COLUMNS["both"], 3)
    model = trained(("logisticRegression", {}), test)
    graph = export(model, test)
    whole = replay(graph, test, 1)
    monkeypatch.setattr("trainer.parity.CHUNK", 7)
    assert np.array_equal(replay(graph, test, 1).probabilities, whole.probabilities)


def test_a_forest_that_is_too_large_to_serve_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    test = rows(COLUMNS["numbers"], 3)
    model = trained(("randomForest", {"n_estimators": 5}), test)
    monkeypatch.setattr(export_module, "MAX_MODEL_BYTES", 1 << 10)
    with pytest.raises(
        Failure, match=r"the forest of 5 trees, \d+ nodes would be a model of about 0 MiB, at most 0 MiB are served; lower n_est"
    ):
        export(model, test)


def test_a_difference_beyond_the_tolerance_fails_the_run() -> None:
    recorded = Answers(np.array([0, 1]), np.array([[0.9, 0.1], [0.2, 0.8]]))
    close = Answers(np.array([0, 1]), np.array([[0.9, 0.1], [0.2, 0.80009]]))
    assert check_parity(recorded, close).largest_difference == pytest.approx(9e-5)
    for labels, probability in (([0, 1], 0.8002), ([0, 0], 0.8), ([0, 1], np.nan)):
        other = Answers(np.array(labels), np.array([[0.9, 0.1], [0.2, probability]]))
        with pytest.raises(Failure, match="the exported model answers differently from the trained one") as failure:
            check_parity(recorded, other)
        assert failure.value.reason == "TrainingFailed"
