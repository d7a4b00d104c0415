"""Puts lists, counts and near misses into the words of a message."""

import difflib
from collections.abc import Iterable, Sequence

LIST_LIMIT = 8
VALUE_LIMIT = 40


def shown(value: object) -> str:
    """A value as a person may see it: short, on one line, quoted when it is text."""
    text = str(value)
    text = "".join(c if c.isprintable() else "�" for c in text)
    if len(text) > VALUE_LIMIT:
        text = f"{text[: VALUE_LIMIT - 1]}…"
    return f"'{text}'" if isinstance(value, str) else text


def listed(names: Iterable[str]) -> str:
    """The first few names, and how many more there are."""
    every = list(names)
    text = ", ".join(shown(name)[1:-1] for name in every[:LIST_LIMIT])
    more = len(every) - LIST_LIMIT
    return f"{text} and {more} more" if more > 0 else text


def did_you_mean(wrong: str, known: Sequence[str]) -> str:
    """'; did you mean max_iter?' when something close exists, else nothing."""
    by_folded = {name.casefold(): name for name in known}
    close = difflib.get_close_matches(wrong.casefold()[:128], list(by_folded), n=1, cutoff=0.7)
    return f"; did you mean {shown(by_folded[close[0]])[1:-1]}?" if close else ""


def counted(count: int, one: str, many: str | None = None) -> str:
    """'1 row', '3 rows'."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def share(value: float) -> str:
    """A fraction as it is written in a spec: at most four digits after the point."""
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return "0" if text in ("", "-0") else text
