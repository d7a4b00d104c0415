"""Draws the confusion matrix: true classes by row, predicted ones by column, shaded by the share of the row."""

import io
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

SIDE: Final = 640
LARGEST_CELL: Final = 120
SMALLEST_NUMBERED_CELL: Final = 26
SMALLEST_LABELLED_CELL: Final = 14
LABEL_LENGTH: Final = 18
INK: Final = (32, 38, 46)
MUTED: Final = (104, 112, 122)
PAPER: Final = (255, 255, 255)
DARK: Final = (18, 74, 140)
LINE: Final = (222, 226, 232)


@dataclass(frozen=True)
class _Layout:
    cell: int
    left: int
    top: int
    count: int

    @property
    def side(self) -> int:
        return self.cell * self.count

    @property
    def upright(self) -> bool:
        """Whether the labels below the matrix stand on their side, because the cells are narrow."""
        return self.cell < 90

    @property
    def title(self) -> int:
        """How far below the matrix the title of the columns stands."""
        return 148 if self.upright else 56


@dataclass(frozen=True)
class _Styled:
    words: str
    font: Any
    colour: tuple[int, int, int]


def draw_confusion(labels: list[str], confusion: NDArray[np.int64]) -> bytes:
    """The picture as PNG."""
    count = len(labels)
    layout = _Layout(cell=max(1, min(LARGEST_CELL, SIDE // count)), left=210, top=84, count=count)
    width = max(520, layout.left + layout.side + 40)
    image = Image.new("RGB", (width, layout.top + layout.side + layout.title + 30), PAPER)
    draw = ImageDraw.Draw(image)
    draw.text((24, 22), "Confusion matrix", INK, _font(24))
    draw.text((24, 53), f"{int(confusion.sum()):,} test rows; a cell is shaded by its share of the true class", MUTED, _font(14))
    _cells(draw, layout, confusion)
    if layout.cell >= SMALLEST_LABELLED_CELL:
        _labels(image, layout, labels)
    _titles(image, layout)
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def _cells(draw: ImageDraw.ImageDraw, layout: _Layout, confusion: NDArray[np.int64]) -> None:
    totals = confusion.sum(axis=1, keepdims=True)
    shares = confusion / np.maximum(totals, 1)
    gap = 1 if layout.cell >= SMALLEST_LABELLED_CELL else 0
    for (row, column), count in np.ndenumerate(confusion):
        share = float(shares[row, column])
        if count == 0 and not gap:
            continue
        x, y = layout.left + column * layout.cell, layout.top + row * layout.cell
        draw.rectangle((x, y, x + layout.cell - 1 - gap, y + layout.cell - 1 - gap), _shade(share))
        if layout.cell >= SMALLEST_NUMBERED_CELL:
            _number(draw, (x + layout.cell // 2, y + layout.cell // 2), (int(count), share, layout.cell))
    end_x, end_y = layout.left + layout.side, layout.top + layout.side
    draw.rectangle((layout.left - 1, layout.top - 1, end_x, end_y), outline=LINE)


def _number(draw: ImageDraw.ImageDraw, centre: tuple[int, int], value: tuple[int, float, int]) -> None:
    count, share, cell = value
    colour = PAPER if share > 0.5 else INK if count else MUTED
    with_share = cell >= 70 and count > 0
    x, y = centre
    size = max(11, min(26, cell // 4))
    draw.text((x, y - (9 if with_share else 0)), _short(count), colour, _font(size), anchor="mm")
    if with_share:
        draw.text((x, y + 16), f"{share:.0%}", colour, _font(13), anchor="mm")


def _labels(image: Image.Image, layout: _Layout, labels: list[str]) -> None:
    draw = ImageDraw.Draw(image)
    font = _font(max(11, min(16, layout.cell - 4)))
    for index, label in enumerate(labels):
        text = _shown(label, index)
        middle = index * layout.cell + layout.cell // 2
        draw.text((layout.left - 12, layout.top + middle), text, INK, font, anchor="rm")
        below = (layout.left + middle, layout.top + layout.side + 12)
        if layout.upright:
            _vertical(image, below, _Styled(text, font, INK))
        else:
            draw.text(below, text, INK, font, anchor="ma")


def _titles(image: Image.Image, layout: _Layout) -> None:
    draw = ImageDraw.Draw(image)
    middle = layout.side // 2
    draw.text((layout.left + middle, layout.top + layout.side + layout.title), "predicted", MUTED, _font(16), anchor="mm")
    _vertical(image, (30, layout.top + max(0, middle - 16)), _Styled("true", _font(16), MUTED))


def _vertical(image: Image.Image, top: tuple[int, int], text: "_Styled") -> None:
    """Text that reads upwards, centred on the point, hanging from it."""
    left, upper, right, lower = text.font.getbbox(text.words)
    strip = Image.new("RGB", (int(right - left) + 4, int(lower - upper) + 4), PAPER)
    ImageDraw.Draw(strip).text((2 - left, 2 - upper), text.words, text.colour, text.font)
    turned = strip.rotate(90, expand=True)
    image.paste(turned, (top[0] - turned.width // 2, top[1]))


def _shade(share: float) -> tuple[int, int, int]:
    pale = (240, 244, 249)
    red, green, blue = (round(low + (high - low) * share) for low, high in zip(pale, DARK, strict=True))
    return red, green, blue


def _short(count: int) -> str:
    return f"{count:,}" if count < 10_000 else f"{count / 1000:.0f}k" if count < 1_000_000 else f"{count / 1e6:.1f}M"


def _shown(label: str, index: int) -> str:
    """The font knows Latin letters; other labels are shown by their index, as in confusion.json."""
    if not all(c.isprintable() and ord(c) < 0x180 for c in label):
        return f"class {index}"
    return label if len(label) <= LABEL_LENGTH else f"{label[: LABEL_LENGTH - 2]}…"


def _font(size: int) -> Any:
    return ImageFont.load_default(size)
