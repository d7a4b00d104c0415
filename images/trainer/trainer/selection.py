"""Trains the candidate, or the best of several: ranked first where there are several, then each of the best on all train rows."""

from dataclasses import dataclass

from .contract import TrainerConfigCandidate, TrainerConfigRanking
from .cross_validation import OutOfFold, cross_validate
from .dataset import Dataset
from .fit import Effort, Model, fit
from .folds import Folds
from .ranking import Contest, Ranking, Scored, rank
from .steps import Steps


@dataclass(frozen=True)
class Course:
    """What candidates learn from, and how the best are found."""

    train: Dataset
    folds: Folds | None
    ranking: TrainerConfigRanking | None


@dataclass(frozen=True)
class Chosen:
    model: Model
    #: None when it was not cross-validated, or its answers are kept for no gate.
    out_of_fold: OutOfFold | None
    #: Against whom it won, when there were others.
    ranking: Ranking | None


def choose(candidates: list[TrainerConfigCandidate], course: Course, effort: Effort) -> list[Chosen]:
    """The best first, as many as are to be kept."""
    folds, top = course.folds, min(course.ranking["top"], len(candidates)) if course.ranking else 1
    steps = Steps((len(candidates) * folds.count if folds else 0) + top, effort)
    ranking = None
    if folds and course.ranking and len(candidates) > 1:
        ranking = rank(candidates, Contest(folds, course.ranking["by"], top), steps)
        best = ranking.entries[:top]
    else:
        best = [Scored(candidates[0], None, cross_validate(candidates[0], folds, steps) if folds else None)]
    return [Chosen(fit(entry.candidate, course.train, steps.next()), entry.out_of_fold, ranking) for entry in best]
