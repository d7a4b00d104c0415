"""Everything a run knows once the model is trained and measured; the files of the bundle are written from it."""

from dataclasses import dataclass

from .contract import DataReport, TrainerConfig
from .cross_validation import OutOfFold
from .dataset import Dataset
from .fit import Answers, Model
from .load import Loaded
from .metrics import Measured
from .overfitting import Training
from .ranking import Ranking


@dataclass(frozen=True)
class Trained:
    config: TrainerConfig
    loaded: Loaded
    train: Dataset
    test: Dataset
    train_hashes: list[bytes]
    test_hashes: list[bytes]
    #: Test rows whose twin, the same values and the same label, is a train row.
    shared_rows: int
    model: Model
    answers: Answers
    measured: Measured
    training: Training
    report: DataReport
    #: None when it was not cross-validated, or its answers are kept for no gate.
    out_of_fold: OutOfFold | None
    #: Against whom it won, when there were others.
    ranking: Ranking | None

    @property
    def features(self) -> list[str]:
        return self.loaded.shape.columns.features
