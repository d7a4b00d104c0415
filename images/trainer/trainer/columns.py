"""Decides which columns of a source are used, and refuses names that the source does not have."""

from dataclasses import dataclass

from .contract import TrainerConfigData, TrainerConfigDataChecksSchemaItem
from .failure import Failure
from .source import Source
from .wording import did_you_mean, listed, shown

Rule = TrainerConfigDataChecksSchemaItem

MAX_FEATURES = 512
MAX_NAME = 128


@dataclass(frozen=True)
class Columns:
    """The columns in use: features in the order of the signature, then the target."""

    features: list[str]
    target: str
    rules: dict[str, Rule]

    @property
    def used(self) -> list[str]:
        return [*self.features, self.target]


def choose_columns(data: TrainerConfigData, source: Source) -> Columns:
    """The columns that the configuration asks for."""
    rules = {rule["name"]: rule for rule in data["checks"].get("schema", [])}
    ignored = data.get("ignore", [])
    asked = {"target": [data["target"]], "columns": data.get("columns") or [], "checks.schema": list(rules), "ignore": ignored}
    for field, names in asked.items():
        _check_known(field, names, source)
    left_out = {data["target"], *ignored}
    features = data.get("columns") or [name for name in source.header if name not in left_out]
    _check_features(features, source)
    used = {*features, data["target"]}
    return Columns(features, data["target"], {name: rule for name, rule in rules.items() if name in used})


def _check_known(field: str, names: list[str], source: Source) -> None:
    unknown = [name for name in names if name not in source.header]
    if unknown:
        near = did_you_mean(unknown[0], source.header) or "."
        raise Failure(
            "DataInvalid",
            f"data.{field}: {source.described} has no column {listed(unknown)}{near} Its columns are {listed(source.header)}; "
            f"correct data.{field} or the header of the file",
        )


def _check_features(features: list[str], source: Source) -> None:
    if not features:
        raise Failure(
            "DataInvalid", f"{source.described} has no feature column left besides the target; take a column out of data.ignore or add one"
        )
    if len(features) > MAX_FEATURES:
        raise Failure(
            "DataInvalid",
            f"{len(features):,} feature columns are used, at most {MAX_FEATURES} may be; name fewer in data.columns or ignore some",
        )
    long = next((name for name in features if len(name) > MAX_NAME), None)
    if long is not None:
        raise Failure("DataInvalid", f"the column name {shown(long)} has {len(long)} characters, at most {MAX_NAME} are allowed; rename it")
