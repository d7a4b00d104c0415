"""The picture of the confusion matrix."""

import io

import numpy as np
import pytest
from PIL import Image

from trainer.confusion_figure import _shown, draw_confusion


def picture(labels: list[str], confusion: list[list[int]]) -> Image.Image:
    return Image.open(io.BytesIO(draw_confusion(labels, np.array(confusion))))


def test_a_cell_with_all_rows_of_its_class_is_dark_and_an_empty_one_is_pale() -> None:
    image = picture(["a", "b"], [[10, 0], [0, 10]]).convert("RGB")
    assert image.getpixel((215, 90)) == (18, 74, 140)
    assert image.getpixel((335, 90)) == (240, 244, 249)


@pytest.mark.parametrize("count", [2, 3, 8, 40, 200, 1000])
def test_any_number_of_classes_fits(count: int) -> None:
    confusion = np.eye(count, dtype=np.int64) * 123_456
    image = picture([f"class number {index} with a long name" for index in range(count)], confusion.tolist())
    assert image.width <= 1300
    assert image.height <= 1300


def test_a_class_without_rows_is_drawn() -> None:
    assert picture(["a", "b"], [[0, 0], [3, 4]]).format == "PNG"


def test_labels_that_the_font_lacks_are_shown_by_index() -> None:
    assert [_shown("größer", 1), _shown("日本", 2), _shown("x\ny", 3), _shown("l" * 30, 4)] == [
        "größer",
        "class 2",
        "class 3",
        f"{'l' * 16}…",
    ]


def test_the_same_matrix_gives_the_same_bytes() -> None:
    confusion = np.array([[3, 1], [0, 4]])
    assert draw_confusion(["a", "b"], confusion) == draw_confusion(["a", "b"], confusion)
