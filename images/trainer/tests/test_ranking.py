"""Ranking: the train rows decide, by the metric that was asked for."""

from typing import Any, cast

import numpy as np
import pytest

from trainer.contract import TrainerConfigCandidate
from trainer.cross_validation import cross_validate
from trainer.dataset import Dataset
from trainer.fit import Effort
from trainer.folds import Deal, Folds, deal_folds
from trainer.overfitting import values
from trainer.ranking import Contest, Ranking, rank, ranking_note, ranking_report
from trainer.rowhash import row_hashes
from trainer.steps import Steps

from .building import dataset


def candidate(algorithm: str, **parameters: Any) -> TrainerConfigCandidate:
    return cast(TrainerConfigCandidate, {"algorithm": algorithm, "parameters": parameters})


STUMP = candidate("randomForest", n_estimators=1, max_depth=1)
LINE = candidate("logisticRegression", max_iter=500)


def rows(count: int = 200) -> Dataset:
    random = np.random.default_rng(5)
    numbers = random.normal(size=(count, 3))
    target = (numbers.sum(axis=1) + random.normal(scale=0.3, size=count) > 0).astype(int)
    return dataset(numbers.tolist(), [], [0, 1, *target[2:].tolist()])


def contest(train: Dataset, by: str, top: int = 1, *, is_kept: bool = True) -> Contest:
    hashes = row_hashes(train, "kind")
    return Contest(Folds(train, hashes, deal_folds(train, hashes, Deal(5, together=True)), is_kept), by, top)


def ranked(candidates: list[TrainerConfigCandidate], by: str = "f1", asked: Contest | None = None) -> Ranking:
    asked = asked or contest(rows(), by)
    return rank(candidates, asked, Steps(len(candidates) * asked.folds.count, Effort(1, lambda _done, _left: None)))


@pytest.mark.parametrize("by", ["f1", "accuracy", "roc_auc", "log_loss"])
def test_the_better_one_comes_first_whatever_is_measured(by: str) -> None:
    assert [entry.candidate for entry in ranked([STUMP, LINE], by).entries] == [LINE, STUMP]


def test_equals_keep_their_order() -> None:
    other = {**LINE, "parameters": {"max_iter": 501}}
    assert [entry.candidate for entry in ranked([LINE, cast(TrainerConfigCandidate, other)]).entries] == [LINE, other]


@pytest.mark.parametrize("by", ["f1", "accuracy", "roc_auc", "log_loss"])
def test_the_score_is_that_of_the_cross_validation_whose_answers_it_keeps(by: str) -> None:
    asked = contest(rows(), by)
    alone = cross_validate(LINE, asked.folds, Steps(5, Effort(1, lambda _done, _left: None)))
    first = ranked([STUMP, LINE], asked=asked).entries[0]
    assert first.score == values(alone.metrics)[by]
    assert first.out_of_fold is not None
    np.testing.assert_array_equal(first.out_of_fold.labels, alone.labels)
    np.testing.assert_array_equal(first.out_of_fold.probability, alone.probability)


def test_only_the_answers_of_the_best_are_kept_and_none_where_no_gate_gets_them() -> None:
    others = [candidate("randomForest", n_estimators=count, max_depth=1) for count in (1, 2, 3)]

    def kept(asked: Contest) -> list[bool]:
        return [entry.out_of_fold is not None for entry in ranked([*others, LINE], asked=asked).entries]

    assert kept(contest(rows(), "f1", 2)) == [True, True, False, False]
    assert kept(contest(rows(), "f1", 2, is_kept=False)) == [False] * 4


def test_a_metric_that_is_not_defined_leaves_the_order_and_says_so() -> None:
    train = dataset([[0.0], [1.0], [2.0], [3.0], [4.0], [9.0]], [], [0, 1, 0, 1, 0, 2])
    found = ranked([STUMP, LINE], asked=contest(train, "roc_auc"))
    assert [(entry.candidate, entry.score) for entry in found.entries] == [(STUMP, None), (LINE, None)]
    assert ranking_note(found) == "2 candidates, and roc_auc could not be measured on the train rows: the first was taken"


def test_it_is_told_in_a_sentence_and_in_the_report() -> None:
    found = ranked([STUMP, LINE])
    first, second = found.entries
    assert first.score is not None
    assert second.score is not None
    assert ranking_note(found).startswith(f"the best of 2 candidates: f1 {first.score:.4f}".rstrip("0"))
    assert ranking_note(found).endswith(f"cross-validated on 200 train rows; the next one {second.score:.4f}".rstrip("0"))
    assert ranking_report(found)["entries"][0] == {**LINE, "score": first.score}


def test_progress_is_that_of_all_trainings_together() -> None:
    heard: list[float] = []
    steps = Steps(3, Effort(1, lambda done, _left: heard.append(done)))
    for _ in range(3):
        tick = steps.next().tick
        tick(0.5, None)
        tick(1.0, None)
    assert heard == pytest.approx([0, 1 / 6, 1 / 3, 1 / 3, 0.5, 2 / 3, 2 / 3, 5 / 6, 1])
    alone: list[tuple[float, float | None]] = []
    Steps(1, Effort(1, lambda done, left: alone.append((done, left)))).next().tick(0.5, 7.0)
    assert alone == [(0.5, 7.0)]
