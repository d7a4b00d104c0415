"""Says how a run fails: a reason that the operator knows, a message for people, and the exit code that decides about a retry."""

from typing import Final, Literal, get_args

from .contract import EXIT_BAD_INPUT, EXIT_CHECKS_REFUSED

Reason = Literal["ConfigInvalid", "DataMissing", "DataInvalid", "ChecksRefused", "TrainingFailed", "StorageFailed"]

EXIT_RETRY: Final = 1
EXIT_STOPPED: Final = 143

_EXIT_CODES: Final[dict[Reason, int]] = {
    "ConfigInvalid": EXIT_BAD_INPUT,
    "DataMissing": EXIT_BAD_INPUT,
    "DataInvalid": EXIT_BAD_INPUT,
    "ChecksRefused": EXIT_CHECKS_REFUSED,
    "TrainingFailed": EXIT_RETRY,
    "StorageFailed": EXIT_RETRY,
}

REASONS: Final[tuple[Reason, ...]] = get_args(Reason)

#: What a fallback data set may stand in for: trouble with the rows, never trouble with the configuration.
FALLBACK_REASONS: Final[frozenset[Reason]] = frozenset({"DataMissing", "DataInvalid", "ChecksRefused"})


class Failure(Exception):
    """An end that was foreseen; its message names field, value, limit and next step."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason: Reason = reason
        self.message = message

    @property
    def exit_code(self) -> int:
        return _EXIT_CODES[self.reason]
