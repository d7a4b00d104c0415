"""150 iris flowers: four measures, three species.

From scikit-learn; R. A. Fisher (1936), UCI Machine Learning Repository, doi 10.24432/C56C76, CC BY 4.0.
"""

from functools import cache

from .table import Cells, Table, cells_of


@cache
def _cells() -> Cells:
    from sklearn.datasets import load_iris

    return cells_of(load_iris())


IRIS = Table(["sepal_length", "sepal_width", "petal_length", "petal_width"], "species", _cells)
