"""Builds configurations, files and data sets for tests, and runs the trainer as a pod would."""

import copy
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np

from trainer.contract import SCHEMAS, TrainerConfig
from trainer.dataset import Dataset

TRAINER = Path(__file__).parent.parent
UID = "0b8c7a52-6a5e-4f0e-9d39-3f6f1c9d2a10"

IRIS: dict[str, Any] = {
    "contract": 1,
    "namespace": "demo",
    "trainingJob": "iris",
    "run": 1,
    "model": "iris",
    "task": "classification",
    "data": {
        "builtin": "iris",
        "described": "built-in data set iris",
        "target": "species",
        "checks": {"minRows": 10, "maxMissing": 0},
        "split": {"method": "random", "test": 0.2, "stratify": True, "salt": "", "seed": 42},
    },
    "candidate": {"algorithm": "logisticRegression", "parameters": {"max_iter": 200, "random_state": 42}},
}


def config(changes: dict[str, Any] | None = None) -> TrainerConfig:
    """The configuration of the iris example, with values replaced by dotted path; None removes a field."""
    document = copy.deepcopy(IRIS)
    for path, value in (changes or {}).items():
        *parents, last = path.split(".")
        place = document
        for parent in parents:
            place = place[parent]
        if value is None:
            del place[last]
        else:
            place[last] = value
    return cast(TrainerConfig, document)


def from_file(path: Path, changes: dict[str, Any] | None = None) -> TrainerConfig:
    """A configuration that reads a CSV file with the target kind."""
    csv = {"data.builtin": None, "data.file": str(path), "data.described": f"claim rows, path {path.name}", "data.target": "kind"}
    return config({**csv, **(changes or {})})


def csv_file(folder: Path, text: str | bytes) -> Path:
    path = folder / "rows.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def mixed_csv(rows: int = 240, seed: int = 3) -> str:
    """Rows with a number, a number with gaps, a category with gaps, and a target that depends on them."""
    random = np.random.default_rng(seed)
    lines = ["id,age,income,plan,kind"]
    for row in range(rows):
        age, income = random.integers(18, 80), round(float(random.lognormal(10, 0.5)), 2)
        plan = str(random.choice(["basic", "pro", "größer"]))
        leaves = random.random() < 0.15 + 0.5 * (plan == "basic") + 0.004 * (60 - age)
        shown_age = "" if random.random() < 0.05 else str(age)
        shown_plan = "NA" if random.random() < 0.04 else plan
        lines.append(f"{row},{shown_age},{income},{shown_plan},{'leaves' if leaves else 'stays'}")
    return "\n".join(lines) + "\n"


MIXED: dict[str, Any] = {
    "data.ignore": ["id"],
    "data.checks.maxMissing": 0.1,
    "data.split.method": "hash",
    "candidate": {"algorithm": "randomForest", "parameters": {"n_estimators": 25, "max_depth": 6}},
}


def dataset(numbers: list[list[float]], texts: list[list[str]], target: list[int]) -> Dataset:
    """A data set with columns n0, n1, … and t0, t1, … and the labels a, b, c."""
    rows = len(target)
    words = np.empty((rows, len(texts[0]) if texts else 0), object)
    for row, cells in enumerate(texts):
        words[row, :] = cells
    values = np.array(numbers, np.float32).reshape(rows, -1)
    return Dataset(
        values,
        [f"n{place}" for place in range(values.shape[1])],
        words,
        [f"t{place}" for place in range(words.shape[1])],
        np.array(target, np.int64),
        ["a", "b", "c"][: max(target) + 1],
    )


@dataclass(frozen=True)
class Ended:
    code: int
    output: str
    summary: dict[str, Any]
    bundle: Path


class Pod:
    """A folder that stands for the volumes of a pod."""

    def __init__(self, folder: Path, uid: str = UID) -> None:
        self.folder = folder
        self.uid = uid
        self.artifacts = folder / "artifacts"
        self.artifacts.mkdir(exist_ok=True)
        self.log = folder / "termination-log"

    def bundle(self, model: str) -> Path:
        return self.artifacts / model / self.uid

    def start(self, document: object, options: list[str] | None = None) -> subprocess.Popen[str]:
        file = self.folder / "config.json"
        file.write_text(document if isinstance(document, str) else json.dumps(document))
        self.log.unlink(missing_ok=True)
        paths = ["--config", str(file), "--artifacts", str(self.artifacts), "--termination-log", str(self.log), "--progress-port", "0"]
        command = [sys.executable, "-m", "trainer", *paths, *(options or [])]
        environment = {**os.environ, "TIDEGATE_JOB_UID": self.uid, "TIDEGATE_THREADS": "1"}
        return subprocess.Popen(command, cwd=TRAINER, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def run(self, document: object) -> Ended:
        process = self.start(document)
        output, _ = process.communicate(timeout=120)
        summary = self.summary()
        model = document["model"] if isinstance(document, dict) else "none"
        return Ended(process.returncode, output, summary, self.bundle(model))

    def summary(self) -> dict[str, Any]:
        """What the kubelet would hand to the operator; every one must be valid."""
        raw = self.log.read_bytes()
        assert len(raw) <= 4000
        summary = json.loads(raw)
        conforms("Summary", summary)
        return cast(dict[str, Any], summary)


def conforms(name: str, document: object) -> None:
    import jsonschema

    jsonschema.Draft202012Validator(SCHEMAS[name]).validate(cast(Any, document))
