"""569 samples of breast tissue: thirty measures of cell nuclei, benign or malignant.

From scikit-learn; W. Wolberg, O. Mangasarian, N. Street and W. Street (1993), UCI Machine Learning Repository,
doi 10.24432/C5DW2B, CC BY 4.0.
"""

from functools import cache

from .table import Cells, Table, cells_of

MEASURES = [
    "radius",
    "texture",
    "perimeter",
    "area",
    "smoothness",
    "compactness",
    "concavity",
    "concave_points",
    "symmetry",
    "fractal_dimension",
]
FEATURES = [
    *(f"mean_{measure}" for measure in MEASURES),
    *(f"{measure}_error" for measure in MEASURES),
    *(f"worst_{measure}" for measure in MEASURES),
]


@cache
def _cells() -> Cells:
    from sklearn.datasets import load_breast_cancer

    return cells_of(load_breast_cancer())


BREAST_CANCER = Table(FEATURES, "diagnosis", _cells)
