"""Writes the proof of what a model is worth: predictions of the locked test rows, a report, the confusion matrix."""

import csv
import io
import json
from dataclasses import asdict
from typing import Any

from .confusion_figure import draw_confusion
from .contract import FILE_OUT_OF_FOLD, FILE_PREDICTIONS, FILE_TRAINED_ROWS, Manifest
from .cross_validation import out_of_fold_file
from .golden import row_values
from .model_card import model_card
from .overfitting import gaps
from .ranking import ranking_report
from .rowhash import shortened
from .trained import Trained

#: More numbers than this say nothing to a reader, and the graph has them anyway.
MAX_COEFFICIENTS = 20_000


def evaluation_files(trained: Trained, described: Manifest) -> dict[str, bytes]:
    """The files below evaluation/, by path."""
    labels, confusion, found = trained.test.labels, trained.measured.confusion, trained.out_of_fold
    return {
        FILE_PREDICTIONS: predictions(trained),
        FILE_TRAINED_ROWS: shortened(trained.train_hashes),
        **({FILE_OUT_OF_FOLD: out_of_fold_file(found)} if found else {}),
        "evaluation/report.json": to_json(report(trained)),
        "evaluation/confusion.json": to_json({"labels": labels, "rows": "true", "columns": "predicted", "counts": confusion.tolist()}),
        "evaluation/confusion.png": draw_confusion(labels, confusion),
        "evaluation/model-card.md": model_card(trained, described).encode(),
    }


def to_json(value: Any) -> bytes:
    return json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False).encode() + b"\n"


def predictions(trained: Trained) -> bytes:
    """One line per test row: its hash, label, prediction, the probability of each class, and what went in."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    labels, answers, test = trained.test.labels, trained.answers, trained.test
    inputs = [f"input_{name}" for name in trained.features]
    writer.writerow(["row", "label", "prediction", *(f"probability_{label}" for label in labels), *inputs])
    for row in range(test.rows):
        head = [trained.test_hashes[row].hex(), labels[test.target[row]], labels[answers.labels[row]]]
        writer.writerow([*head, *answers.probabilities[row].tolist(), *row_values(trained.features, test, row)])
    return text.getvalue().encode()


def report(trained: Trained) -> dict[str, Any]:
    data, found = trained.config["data"], trained.out_of_fold
    return {
        "task": trained.config["task"],
        "algorithm": trained.model.algorithm,
        "parameters": trained.model.parameters,
        "notes": trained.model.notes,
        "metrics": trained.measured.metrics,
        "training": asdict(trained.training),
        "gap": gaps(trained.measured.metrics, trained.training),
        **({"crossValidation": {"folds": found.folds.count, "metrics": found.metrics}} if found else {}),
        "classes": trained.measured.classes,
        "data": trained.report,
        "source": {"sha256": trained.loaded.file_digest},
        "split": {**data["split"], "sharedRows": trained.shared_rows},
        "columns": [_column(name, trained) for name in trained.features],
        "model": _parts(trained),
        **({"ranking": ranking_report(trained.ranking)} if trained.ranking else {}),
    }


def _column(name: str, trained: Trained) -> dict[str, Any]:
    shape = trained.loaded.shape
    seen = shape.seen.columns[name]
    column: dict[str, Any] = {"name": name, "type": shape.kinds[name], "missing": seen.missing}
    if shape.kinds[name] == "category":
        column["values"] = sorted(seen.distinct)
    return column


def _parts(trained: Trained) -> dict[str, Any]:
    """Coefficients and intercepts of a linear model, per class and prepared feature; the size of a forest."""
    classifier, preparation = trained.model.classifier, trained.model.preparation
    classes = [int(index) for index in classifier.classes_]
    if trained.model.algorithm == "randomForest":
        return {"classes": classes, "trees": len(classifier.estimators_)}
    if classifier.coef_.size > MAX_COEFFICIENTS:
        return {"classes": classes, "iterations": int(classifier.n_iter_.max())}
    texts = zip(trained.train.text_names, preparation.categories, strict=True)
    features = [*trained.train.number_names, *(f"{name}={value}" for name, values in texts for value in values)]
    return {
        "classes": classes,
        "iterations": int(classifier.n_iter_.max()),
        "features": features,
        "coefficients": classifier.coef_.tolist(),
        "intercepts": classifier.intercept_.tolist(),
    }
