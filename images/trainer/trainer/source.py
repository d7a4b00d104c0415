"""What a source of rows is: a header, and rows that can be read more than once."""

from collections.abc import Iterator
from typing import Protocol

#: The number of the line a row starts on, and its cells.
Row = tuple[int, list[str]]


class Source(Protocol):
    @property
    def described(self) -> str:
        """The source in words a person knows."""

    @property
    def header(self) -> list[str]:
        """The names of the columns."""

    @property
    def size(self) -> int:
        """Bytes to read, for progress."""

    @property
    def note(self) -> str:
        """What a person should know about the rows, or nothing."""

    def rows(self) -> Iterator[Row]:
        """All rows, from the first."""

    def digest(self) -> str:
        """The sha256 of what rows() reads."""
