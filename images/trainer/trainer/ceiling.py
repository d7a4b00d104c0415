"""Says how good a model of two classes can be at best, where the true probabilities are known."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from .wording import share


@dataclass(frozen=True)
class Group:
    """Rows that no model can tell apart: how many there are, in any unit, and the probability of the second class."""

    weight: float
    probability: float


@dataclass(frozen=True)
class Ceiling:
    """The best value of each metric, as the trainer defines it; f1 is the mean of both classes."""

    accuracy: float
    f1: float
    roc_auc: float
    log_loss: float

    def __str__(self) -> str:
        return f"accuracy {share(self.accuracy)}, f1 {share(self.f1)}, roc_auc {share(self.roc_auc)}, log_loss {share(self.log_loss)}"


def ceiling(groups: Iterable[Group]) -> Ceiling:
    """The best scores, each reached by a rule that knows the probabilities.

    accuracy: say the likelier class, sum of max(p, 1 - p). f1: say the second class above a threshold of p, the best of all
    thresholds; a rule that is none may gain a little where single groups weigh much. roc_auc: rank by p; no ranking is better
    (Neyman and Pearson). log_loss: say p; the entropy.
    """
    ranked = sorted(groups, key=lambda group: group.probability, reverse=True)
    rows = math.fsum(group.weight for group in ranked)
    positives = math.fsum(group.weight * group.probability for group in ranked)
    negatives = rows - positives
    said_right = said_wrong = won = 0.0
    best_f1 = _mean_f1((0, 0), (positives, negatives))
    for group in ranked:
        right, wrong = group.weight * group.probability, group.weight * (1 - group.probability)
        # Each positive row beats the negative ones further down, and half of those of its own group.
        won += right * (negatives - said_wrong - wrong / 2)
        said_right, said_wrong = said_right + right, said_wrong + wrong
        best_f1 = max(best_f1, _mean_f1((said_right, said_wrong), (positives, negatives)))
    return Ceiling(
        math.fsum(group.weight * max(group.probability, 1 - group.probability) for group in ranked) / rows,
        best_f1,
        won / (positives * negatives),
        math.fsum(group.weight * _entropy(group.probability) for group in ranked) / rows,
    )


def _mean_f1(said: tuple[float, float], are: tuple[float, float]) -> float:
    """The mean of both classes' F1; said counts the rows said to be of the second class, those that are and those that are not."""
    (right, wrong), (positives, negatives) = said, are
    second = 2 * right / (positives + right + wrong)
    rest = positives + negatives - right - wrong
    first = 2 * (negatives - wrong) / (negatives + rest)
    return (first + second) / 2


def _entropy(probability: float) -> float:
    return -math.fsum(p * math.log(p) for p in (probability, 1 - probability) if p > 0)
