"""Reading CSV: what is read, and that nothing breaks the reader."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer import csvfile
from trainer.csvfile import open_csv
from trainer.failure import Failure

from .building import csv_file

NAMES = ["first", "second", "third"]
CELLS = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=12)


def rows(folder: Path, text: str | bytes) -> list[tuple[int, list[str]]]:
    return list(open_csv(csv_file(folder, text), "the file").rows())


def test_cells_are_stripped_and_lines_counted(tmp_path: Path) -> None:
    assert rows(tmp_path, "a , b\r\n1, x \r\n\r\n2,\r\n") == [(2, ["1", "x"]), (4, ["2", ""])]


def test_a_mark_at_the_beginning_is_no_part_of_the_first_name(tmp_path: Path) -> None:
    assert open_csv(csv_file(tmp_path, b"\xef\xbb\xbfa,b\n1,2\n"), "the file").header == ["a", "b"]


def test_a_quoted_cell_may_hold_commas_quotes_and_lines(tmp_path: Path) -> None:
    assert rows(tmp_path, 'a,b\n"1,5","say ""x""\nnow"\n3,4\n') == [(2, ["1,5", 'say "x"\nnow']), (4, ["3", "4"])]


def test_a_file_without_a_last_newline_is_read_to_its_end(tmp_path: Path) -> None:
    assert rows(tmp_path, "a,b\n1,2") == [(2, ["1", "2"])]


def test_rows_can_be_read_again(tmp_path: Path) -> None:
    file = open_csv(csv_file(tmp_path, "a,b\n1,2\n"), "the file")
    assert list(file.rows()) == list(file.rows())


def test_a_line_without_end_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    with pytest.raises(Failure, match=r"line 2 of the file is longer than 1,048,576 bytes; end each row with a newline"):
        rows(tmp_path, "a,b\n" + "x" * (1 << 20) + ",2\n")


def test_a_quote_that_swallows_the_file_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    with pytest.raises(Failure, match=r"is not valid CSV: field larger than field limit \(1048576\)"):
        rows(tmp_path, 'a,b\n"' + "x,y\n" * 300_000)


def test_a_file_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csvfile, "MAX_FILE_BYTES", 10)
    with pytest.raises(Failure, match="the file has 12 bytes; at most 10 are read; take a sample of the rows"):
        rows(tmp_path, "a,b\n1,2\n3,4\n")


def test_a_file_that_changes_while_it_is_read_is_read_again_by_another_run(tmp_path: Path) -> None:
    file = open_csv(csv_file(tmp_path, "a,b\n1,2\n"), "the file")
    csv_file(tmp_path, "a,b\n1,2\n3,4\n")
    with pytest.raises(Failure, match="the file changed while it was read; the run is tried again") as failure:
        file.digest()
    assert failure.value.exit_code == 1


def test_too_many_columns_are_refused(tmp_path: Path) -> None:
    header = ",".join(f"c{n}" for n in range(2001))
    with pytest.raises(Failure, match="the file has 2,001 columns; at most 2,000 are read"):
        rows(tmp_path, header + "\n")


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=8))
def test_what_a_csv_writer_writes_is_read_back(tmp_path_factory: pytest.TempPathFactory, table: list[tuple[str, str, str]]) -> None:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([NAMES, *table])
    read = rows(tmp_path_factory.mktemp("csv"), text.getvalue())
    assert [cells for _, cells in read] == [[cell.strip() for cell in row] for row in table]


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    try:
        width = {len(cells) for _, cells in rows(tmp_path_factory.mktemp("csv"), b"a,b\n" + raw)}
    except Failure as failure:
        assert failure.reason == "DataInvalid"
        assert "the file" in failure.message
    else:
        assert width <= {2}
