"""Reads a CSV file row by row, strictly: UTF-8, one header, as many cells in each row as the header has names."""

import csv
import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from .cells import is_number
from .failure import Failure
from .source import Row
from .wording import counted, listed, shown

MAX_FILE_BYTES = 1 << 30
MAX_LINE_BYTES = 1 << 20
MAX_COLUMNS = 2000


@dataclass(frozen=True)
class CsvFile:
    """A file whose header was read; every call of rows() reads the file anew."""

    path: Path
    described: str
    header: list[str]
    size: int
    changed: int
    note: str = ""

    def rows(self) -> Iterator[Row]:
        """Each row with the number of the line it starts on; lines without any cell are passed over."""
        width = len(self.header)
        for number, cells in _records(self.path, self.described):
            if number == 1 or not cells:
                continue
            if len(cells) != width:
                raise Failure(
                    "DataInvalid",
                    f"line {number} of {self.described} has {counted(len(cells), 'cell')}, and the header has "
                    f"{counted(width, 'column')}; quote cells that contain a comma, or correct the line",
                )
            yield number, [cell.strip() for cell in cells]

    def digest(self) -> str:
        """The sha256 of the file's bytes; all passes must have read the same ones."""
        with self.path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        status = self.path.stat()
        if (status.st_size, status.st_mtime_ns) != (self.size, self.changed):
            raise Failure("TrainingFailed", f"{self.described} changed while it was read; the run is tried again")
        return digest


def open_csv(path: Path, described: str) -> CsvFile:
    """The file with its header checked, or the reason why it cannot be read."""
    status = _status(path, described)
    first = next(_records(path, described), None)
    if first is None or not any(cell.strip() for cell in first[1]):
        raise Failure("DataInvalid", f"{described} is empty: it has no header line; put a header and rows into the file")
    header = [cell.strip() for cell in first[1]]
    _check_header(header, described)
    return CsvFile(path, described, header, status.st_size, status.st_mtime_ns)


def _status(path: Path, described: str) -> os.stat_result:
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise Failure("DataMissing", f"{described} does not exist; put the file there or correct data.source") from error
    except OSError as error:
        raise Failure("DataMissing", f"{described} cannot be read: {error.strerror}; correct its permissions or data.source") from error
    if not stat.S_ISREG(status.st_mode):
        raise Failure("DataMissing", f"{described} is not a file; name one CSV file in data.source")
    if status.st_size > MAX_FILE_BYTES:
        raise Failure(
            "DataInvalid", f"{described} has {status.st_size:,} bytes; at most {MAX_FILE_BYTES:,} are read; take a sample of the rows"
        )
    return status


def _records(path: Path, described: str) -> Iterator[Row]:
    """Records with the line they start on. One line holds at most 1 MiB, so that no file exhausts memory."""
    csv.field_size_limit(MAX_LINE_BYTES)
    try:
        with path.open("rb") as file:
            reader = csv.reader(_lines(file, described), strict=True)
            start = 1
            while (cells := _next(reader, described)) is not None:
                yield start, cells
                start = reader.line_num + 1
    except PermissionError as error:
        raise Failure(
            "DataMissing", f"{described} cannot be read: {error.strerror}; let user or group 10001 read it, or correct data.source"
        ) from error


def _next(reader: Any, described: str) -> list[str] | None:
    try:
        return cast(list[str] | None, next(reader, None))
    except csv.Error as error:
        raise Failure(
            "DataInvalid", f"line {reader.line_num} of {described} is not valid CSV: {error}; correct the quotes or the line ends"
        ) from error


def _lines(file: BinaryIO, described: str) -> Iterator[str]:
    number = 0
    while line := file.readline(MAX_LINE_BYTES + 1):
        number += 1
        if len(line) > MAX_LINE_BYTES:
            raise Failure(
                "DataInvalid", f"line {number} of {described} is longer than {MAX_LINE_BYTES:,} bytes; end each row with a newline"
            )
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        if b"\0" in line:
            raise Failure("DataInvalid", f"line {number} of {described} contains a zero byte; save the file as CSV in UTF-8")
        try:
            yield line.decode("utf-8")
        except UnicodeDecodeError as error:
            raise Failure(
                "DataInvalid",
                f"line {number} of {described} is not UTF-8: byte 0x{line[error.start]:02x} at position {error.start + 1}; "
                "save the file as UTF-8",
            ) from error


def _check_header(header: list[str], described: str) -> None:
    if len(header) > MAX_COLUMNS:
        raise Failure("DataInvalid", f"{described} has {len(header):,} columns; at most {MAX_COLUMNS:,} are read; leave some out")
    unnamed = [position for position, name in enumerate(header, 1) if not name]
    if unnamed:
        raise Failure("DataInvalid", f"column {unnamed[0]} of {described} has no name; give every column of the header a name")
    if any(is_number(name) for name in header):
        raise Failure("DataInvalid", f"{described} has no header: its first line is {listed(header)}; put the names of the columns first")
    repeated = sorted({name for name in header if header.count(name) > 1})
    if repeated:
        raise Failure("DataInvalid", f"the header of {described} names {listed(repeated)} more than once; give each column its own name")
    if len(header) == 1 and any(mark in header[0] for mark in ";\t|"):
        raise Failure("DataInvalid", f"the header of {described} is one column, {shown(header[0])}; separate columns by commas")
