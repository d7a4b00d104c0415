"""Ranks candidates by cross-validation on the train rows. The test rows choose nobody, so what they show of the best is no luck."""

from dataclasses import dataclass, replace
from typing import Any

from .contract import TrainerConfigCandidate
from .cross_validation import OutOfFold, cross_validate
from .folds import Folds
from .log import log
from .overfitting import values
from .steps import Steps
from .wording import counted, share


@dataclass(frozen=True)
class Scored:
    """A candidate and its score; none where the metric is not defined, as when no class has rows enough."""

    candidate: TrainerConfigCandidate
    score: float | None
    #: By which it was scored; only those of the best are remembered, because they are as many as the rows.
    out_of_fold: OutOfFold | None


@dataclass(frozen=True)
class Ranking:
    """The best first; of equals, the one that was named first."""

    by: str
    folds: Folds
    entries: list[Scored]


@dataclass(frozen=True)
class Contest:
    """What candidates are ranked by, and of how many of the best the answers are wanted."""

    folds: Folds
    by: str
    top: int


def rank(candidates: list[TrainerConfigCandidate], contest: Contest, steps: Steps) -> Ranking:
    """Takes as many steps as there are folds for each candidate."""
    entries: list[Scored] = []
    for candidate in candidates:
        found = cross_validate(candidate, contest.folds, steps)
        score = values(found.metrics).get(contest.by)
        log("info", "ranked", algorithm=candidate["algorithm"], parameters=candidate["parameters"], score=score)
        entries = _ordered([*entries, Scored(candidate, score, found)], contest)
    return Ranking(contest.by, contest.folds, entries)


def _ordered(entries: list[Scored], contest: Contest) -> list[Scored]:
    least, worst = contest.by == "log_loss", float("inf")
    ordered = sorted(entries, key=lambda entry: worst if entry.score is None else entry.score if least else -entry.score)
    kept = contest.top if contest.folds.is_kept else 0
    return [*ordered[:kept], *(replace(entry, out_of_fold=None) for entry in ordered[kept:])]


def ranking_note(ranking: Ranking) -> str:
    """Who won against how many, for the summary."""
    first, second = ranking.entries[:2]
    if first.score is None or second.score is None:
        return (
            f"{counted(len(ranking.entries), 'candidate')}, and {ranking.by} could not be measured on the train rows: the first was taken"
        )
    how = f"{ranking.by} {share(first.score)}, cross-validated on {counted(len(ranking.folds.dealt()), 'train row')}"
    return f"the best of {counted(len(ranking.entries), 'candidate')}: {how}; the next one {share(second.score)}"


def ranking_report(ranking: Ranking) -> dict[str, Any]:
    entries = [{**entry.candidate, "score": entry.score} for entry in ranking.entries]
    return {"by": ranking.by, "folds": ranking.folds.count, "rows": len(ranking.folds.dealt()), "entries": entries}
