"""4,000 generated days: sleep, stress, weather and the like, and whether a migraine came. It is made up and says nothing about medicine.

Age, sex and so on are drawn independently, each level by its weight. The chance of a migraine is 1 / (1 + exp(-z)), where

    z = (- 1520
         - 3    for each year above 43, + 3 for each below
         + 130  female
         + 240  migraine in the family
         + 190  for each hour of sleep below 7.5, or 50 for each above
         + 130  for each level of stress, from 0 to 10
         + 240  with six hours of sleep or less and stress of 6 or more
         + 100  for each cup of coffee beyond two
         + 25   for each hour before a screen
         + 240  after a skipped meal
         + 25   for each hPa by which the air pressure dropped) / 100

Points are whole numbers, so z takes few values, and its exact distribution is the convolution of those of the factors: the best
possible scores are a sum over these values. Rows come from random.Random, whose numbers Python keeps the same in all versions.
"""

import math
from bisect import bisect
from collections import defaultdict
from dataclasses import dataclass
from functools import cache, reduce
from itertools import accumulate
from random import Random
from typing import Final

from .ceiling import Ceiling, Group, ceiling
from .table import Cells, Table

ROWS: Final = 4000
SEED: Final = 63
BASE: Final = -1520


@dataclass(frozen=True)
class Level:
    """One value of a factor, or one pair of values of two that act together: its cells, how often it comes, and its points."""

    cells: list[str]
    weight: int
    points: int


def _nights() -> list[Level]:
    """Sleep and stress act together, so each pair of them is a level; sleep comes in half hours from 4 to 10."""
    sleep = zip((half / 2 for half in range(8, 21)), [1, 2, 4, 7, 10, 13, 14, 12, 9, 6, 4, 2, 1], strict=True)
    stress = list(enumerate([2, 3, 5, 7, 9, 10, 9, 7, 5, 3, 2]))
    return [
        Level([f"{hours:g}", f"{strain}"], often * usual, _night_points(hours, strain))
        for hours, often in sleep
        for strain, usual in stress
    ]


def _night_points(hours: float, strain: int) -> int:
    away = round(190 * (7.5 - hours)) if hours < 7.5 else round(50 * (hours - 7.5))
    return away + 130 * strain + (240 if hours <= 6 and strain >= 6 else 0)


FACTORS: Final[list[list[Level]]] = [
    [Level([f"{age}"], 1, -3 * (age - 43)) for age in range(18, 70)],
    [Level(["female"], 3, 130), Level(["male"], 2, 0)],
    [Level(["yes"], 1, 240), Level(["no"], 2, 0)],
    _nights(),
    [Level([f"{cups}"], weight, 100 * max(0, cups - 2)) for cups, weight in enumerate([4, 6, 6, 4, 2, 1, 1])],
    [Level([f"{hours}"], weight, 25 * hours) for hours, weight in enumerate([1, 2, 4, 7, 9, 10, 9, 7, 5, 3, 2, 1, 1])],
    [Level(["yes"], 1, 240), Level(["no"], 3, 0)],
    [Level([f"{drop}"], 21 - drop, 25 * drop) for drop in range(21)],
]
FEATURES: Final = [
    "age",
    "sex",
    "family_history",
    "sleep_hours",
    "stress",
    "coffee_cups",
    "screen_hours",
    "skipped_meal",
    "pressure_drop",
]


def chance(points: int) -> float:
    return 1 / (1 + math.exp(-(BASE + points) / 100))


def days(count: int, seed: int) -> list[tuple[list[str], float]]:
    """So many days, with the chance of a migraine on each."""
    random = Random(seed)
    bounds = [list(accumulate(level.weight for level in factor)) for factor in FACTORS]
    drawn = [
        [factor[bisect(bound, random.random() * bound[-1])] for factor, bound in zip(FACTORS, bounds, strict=True)] for _ in range(count)
    ]
    return [([cell for level in day for cell in level.cells], chance(sum(level.points for level in day))) for day in drawn]


@cache
def _cells() -> Cells:
    random = Random(SEED + 1)
    return [[*cells, "yes" if random.random() < risk else "no"] for cells, risk in days(ROWS, SEED)]


@cache
def best() -> Ceiling:
    """The best scores on very many days: every sum of points with its probability."""
    sums = reduce(_with, FACTORS, {0: 1.0})
    return ceiling(Group(weight, chance(points)) for points, weight in sums.items())


def _with(sums: dict[int, float], factor: list[Level]) -> dict[int, float]:
    """The distribution of the sum once one more factor is added."""
    total = sum(level.weight for level in factor)
    own: dict[int, int] = defaultdict(int)
    for level in factor:
        own[level.points] += level.weight
    more: dict[int, float] = defaultdict(float)
    for points, share in sums.items():
        for added, weight in own.items():
            more[points + added] += share * weight / total
    return dict(more)


def _note() -> str:
    return f"the rows are generated, and by the formula behind them no model does better on very many of them than {best()}"


MIGRAINE = Table(FEATURES, "migraine", _cells, _note)
