"""178 Italian wines: thirteen chemical measures, three cultivars of grape.

From scikit-learn; S. Aeberhard and M. Forina (1992), UCI Machine Learning Repository, doi 10.24432/C5PC7J, CC BY 4.0.
"""

from functools import cache

from .table import Cells, Table, cells_of

FEATURES = [
    "alcohol",
    "malic_acid",
    "ash",
    "alcalinity_of_ash",
    "magnesium",
    "total_phenols",
    "flavanoids",
    "nonflavanoid_phenols",
    "proanthocyanins",
    "color_intensity",
    "hue",
    "od280_od315",
    "proline",
]


@cache
def _cells() -> Cells:
    from sklearn.datasets import load_wine

    return cells_of(load_wine())


WINE = Table(FEATURES, "cultivar", _cells)
