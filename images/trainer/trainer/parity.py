"""Decides whether the exported graph answers as the trained model did, on every test row."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from .dataset import Dataset
from .failure import Failure
from .fit import Answers
from .wording import counted

TOLERANCE: Final = 1e-4
CHUNK: Final = 50_000


@dataclass(frozen=True)
class Parity:
    rows: int
    largest_difference: float


def check_parity(recorded: Answers, replayed: Answers) -> Parity:
    """Compares the answers of the graph with those recorded from Python before export."""
    rows = len(recorded.labels)
    differences = np.abs(replayed.probabilities.astype(np.float64) - recorded.probabilities)
    largest = float(differences.max(initial=0.0))
    wrong = int((replayed.labels != recorded.labels).sum())
    # Not a number compares as false, so the test asks for what must hold.
    if wrong or not largest <= TOLERANCE:
        raise Failure(
            "TrainingFailed",
            f"the exported model answers differently from the trained one: {counted(wrong, 'label')} of {rows:,} differ, "
            f"the largest difference of a probability is {largest:.2e}, at most {TOLERANCE:.0e} is allowed; "
            "look for columns with extreme values, and report this with the configuration",
        )
    return Parity(rows, largest)


def replay(graph: bytes, rows: Dataset, threads: int) -> Answers:
    """The answers of the graph, computed by onnxruntime in chunks of rows."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    labels, probabilities = [], []
    for start in range(0, rows.rows, CHUNK):
        part = rows.take(np.arange(start, min(start + CHUNK, rows.rows)))
        label, probability = session.run(["label", "probabilities"], _feed(part))
        labels.append(label)
        probabilities.append(probability)
    return Answers(np.concatenate(labels), np.concatenate(probabilities))


def _feed(part: Dataset) -> dict[str, Any]:
    feed: dict[str, Any] = {}
    if part.number_names:
        feed["numeric"] = part.numbers
    if part.text_names:
        feed["categorical"] = part.texts
    return feed
