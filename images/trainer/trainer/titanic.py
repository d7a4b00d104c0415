"""The 2,201 people aboard the Titanic: class, sex, age (child or adult), and whether they survived.

The counts are those of the British Board of Trade (1912), as R. J. MacG. Dawson tabulated them in "The unusual episode data
revisited", Journal of Statistics Education 3 (1995); counts have no author, and so no licence.

Only 24 rows differ, so a split by content would put hundreds of twins on one side: use split.method random.
"""

from functools import cache

from .ceiling import Group, ceiling
from .table import Cells, Table

#: Class, sex and age, with the number of those who died and of those who survived.
COUNTS: list[tuple[list[str], int, int]] = [
    (["1st", "male", "child"], 0, 5),
    (["2nd", "male", "child"], 0, 11),
    (["3rd", "male", "child"], 35, 13),
    (["1st", "female", "child"], 0, 1),
    (["2nd", "female", "child"], 0, 13),
    (["3rd", "female", "child"], 17, 14),
    (["1st", "male", "adult"], 118, 57),
    (["2nd", "male", "adult"], 154, 14),
    (["3rd", "male", "adult"], 387, 75),
    (["crew", "male", "adult"], 670, 192),
    (["1st", "female", "adult"], 4, 140),
    (["2nd", "female", "adult"], 13, 80),
    (["3rd", "female", "adult"], 89, 76),
    (["crew", "female", "adult"], 3, 20),
]


@cache
def _cells() -> Cells:
    return [[*person, fate] for person, died, survived in COUNTS for fate, count in (("no", died), ("yes", survived)) for _ in range(count)]


def groups() -> list[Group]:
    """People whom no model can tell apart: how many, and the share that survived."""
    return [Group(died + survived, survived / (died + survived)) for _, died, survived in COUNTS]


def _note() -> str:
    return f"people of one class, sex and age had different fates: on all 2,201 rows no model does better than {ceiling(groups())}"


TITANIC = Table(["class", "sex", "age"], "survived", _cells, _note)
