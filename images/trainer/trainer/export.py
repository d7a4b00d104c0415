"""Turns a trained model into one ONNX graph: raw columns in, label and probabilities out, preparation included."""

from typing import Any, Final, cast

import numpy as np

from .dataset import Dataset
from .failure import Failure
from .fit import LABEL_STEP, Model, trees_of
from .graph import Graph
from .prepare import FARTHEST

OPSET: Final = 18
ML_OPSET: Final = 3
IR_VERSION: Final = 8
#: Protocol buffers end at 2 GiB; a server that loads such a graph needs several times as much memory.
MAX_MODEL_BYTES: Final = 1 << 30
#: What one node of a tree takes in the graph, roughly.
NODE_BYTES: Final = 45


def export(model: Model, rows: Dataset) -> bytes:
    """The graph for rows like these, serialised. Inputs are numeric and categorical; a kind without columns is absent."""
    _check_size(model)
    graph = Graph()
    parts = []
    if rows.number_names:
        parts.append(_numbers(graph, model, len(rows.number_names)))
    if rows.text_names:
        parts.extend(_texts(graph, model, len(rows.text_names)))
    features = parts[0] if len(parts) == 1 else graph.add("Concat", parts, axis=1)
    probabilities = _classifier(graph, model, features)
    _outputs(graph, probabilities, len(model.classifier.classes_))
    return graph.serialise({"": OPSET, "ai.onnx.ml": ML_OPSET}, IR_VERSION)


def _check_size(model: Model) -> None:
    if model.algorithm != "randomForest":
        return
    classes = len(model.classifier.classes_)
    nodes = sum(int(tree.tree_.node_count) for tree in model.classifier.estimators_)
    # Half of the nodes are leaves, and a leaf carries one weight per class.
    size = nodes * (NODE_BYTES + classes * 12)
    if size > MAX_MODEL_BYTES:
        raise Failure(
            "ConfigInvalid",
            f"candidate.parameters: the forest of {trees_of(model)} would be a model of about {size >> 20:,} MiB, "
            f"at most {MAX_MODEL_BYTES >> 20:,} MiB are served; lower n_estimators or max_depth, or raise min_samples_leaf",
        )


def _numbers(graph: Graph, model: Model, count: int) -> str:
    preparation = model.preparation
    name = graph.input("numeric", np.float32, count)
    filled = graph.add_ml("Imputer", [name], imputed_value_floats=preparation.medians.tolist(), replaced_value_float=float("nan"))
    if preparation.means is None or preparation.factors is None:
        return filled
    scaled = graph.add_ml("Scaler", [filled], offset=preparation.means.tolist(), scale=preparation.factors.tolist())
    limits = [graph.constant(np.array(limit, np.float32)) for limit in (-FARTHEST, FARTHEST)]
    return graph.add("Clip", [scaled, *limits])


def _texts(graph: Graph, model: Model, count: int) -> list[str]:
    name = graph.input("categorical", np.str_, count)
    encoded = []
    for place, values in enumerate(model.preparation.categories):
        column = graph.add("Gather", [name, graph.constant(np.array([place], np.int64))], axis=1)
        one_hot = graph.add_ml("OneHotEncoder", [column], cats_strings=values, zeros=1)
        encoded.append(graph.add("Flatten", [one_hot], axis=1))
    return encoded


def _classifier(graph: Graph, model: Model, features: str) -> str:
    """The classifier's own graph, as skl2onnx makes it, joined behind the preparation."""
    from skl2onnx import convert_sklearn
    from skl2onnx.common.data_types import FloatTensorType

    converted = cast(
        Any,
        convert_sklearn(
            model.classifier,
            name="classifier",
            initial_types=[("features", FloatTensorType([None, model.preparation.width]))],
            target_opset={"": OPSET, "ai.onnx.ml": ML_OPSET},
            options={"zipmap": False},
        ),
    )
    return graph.join(converted.graph, "features", features)


def _outputs(graph: Graph, probabilities: str, classes: int) -> None:
    """The label is chosen from the probabilities in the same steps as in Python."""
    steps = graph.add("Round", [graph.add("Mul", [probabilities, graph.constant(np.array(LABEL_STEP, np.float32))])])
    label = graph.add("ArgMax", [steps], axis=1, keepdims=0, select_last_index=0)
    graph.output("label", label, (np.int64, [None]))
    graph.output("probabilities", probabilities, (np.float32, [None, classes]))
