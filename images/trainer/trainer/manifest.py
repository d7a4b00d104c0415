"""Writes down everything a server must know about a model."""

import platform
from importlib.metadata import version
from typing import Any, cast

import numpy as np

from .contract import CONTRACT_VERSION, Manifest, ManifestInputsItem, ManifestOnnx, ManifestOnnxInputsItem
from .dataset import Dataset
from .export import IR_VERSION, OPSET
from .golden import golden
from .trained import Trained

PACKAGES = ("numpy", "scipy", "scikit-learn", "skl2onnx", "onnx", "onnxruntime")


def manifest(trained: Trained) -> Manifest:
    config = trained.config
    described: Manifest = {
        "contract": CONTRACT_VERSION,
        "model": config["model"],
        "task": config["task"],
        "algorithm": trained.model.algorithm,
        "parameters": trained.model.parameters,
        "target": config["data"]["target"],
        "labels": trained.test.labels,
        "inputs": [_input(name, trained) for name in trained.features],
        "onnx": onnx_signature(trained.test),
        "golden": golden(trained.features, trained.test, trained.answers),
        "metrics": trained.measured.metrics,
        "trainingMetrics": trained.training.metrics,
        "data": trained.report,
        "packages": {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
    }
    return {**described, "chosenFrom": len(trained.ranking.entries)} if trained.ranking else described


def onnx_signature(rows: Dataset) -> ManifestOnnx:
    inputs: list[ManifestOnnxInputsItem] = []
    if rows.number_names:
        inputs.append({"name": "numeric", "datatype": "FP32", "shape": [-1, len(rows.number_names)], "columns": rows.number_names})
    if rows.text_names:
        inputs.append({"name": "categorical", "datatype": "BYTES", "shape": [-1, len(rows.text_names)], "columns": rows.text_names})
    return {
        "opset": OPSET,
        "irVersion": IR_VERSION,
        "inputs": inputs,
        "outputs": [
            {"name": "label", "datatype": "INT64", "shape": [-1]},
            {"name": "probabilities", "datatype": "FP32", "shape": [-1, len(rows.labels)]},
        ],
    }


def _input(name: str, trained: Trained) -> ManifestInputsItem:
    """Limits come from the rules, never from what the rows happened to hold. Null is accepted where rows had it."""
    shape = trained.loaded.shape
    rule = shape.columns.rules.get(name)
    item: dict[str, Any] = {
        "name": name,
        "type": shape.kinds[name],
        "nullable": shape.seen.columns[name].missing > 0,
        "example": _example(name, trained.train),
    }
    if rule is not None and shape.kinds[name] == "number":
        limits: dict[str, Any] = {"minimum": rule.get("min"), "maximum": rule.get("max"), "exclusiveMinimum": rule.get("exclusiveMin")}
        item |= {key: value for key, value in limits.items() if value is not None}
    if rule is not None and shape.kinds[name] == "category" and "values" in rule:
        item["categories"] = rule["values"]
    return cast(ManifestInputsItem, item)


def _example(name: str, train: Dataset) -> float | str:
    """The first value of the train rows; a number is written as briefly as its float32 allows."""
    if name in train.number_names:
        numbers = train.numbers[:, train.number_names.index(name)]
        known = numbers[~np.isnan(numbers)]
        return float(str(known[0])) if len(known) else 0.0
    return next((str(text) for text in train.texts[:, train.text_names.index(name)] if text), "")
