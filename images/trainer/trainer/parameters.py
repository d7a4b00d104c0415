"""Decides whether the parameters of an algorithm are known and in range, from the table of the contract."""

from typing import Any

from .contract import ALGORITHMS, TrainerConfigCandidate
from .failure import Failure
from .wording import did_you_mean, listed, shown


def check_parameters(candidate: TrainerConfigCandidate, at: str) -> None:
    """Refuses the first parameter that the algorithm does not know or would not take."""
    algorithm = candidate["algorithm"]
    table = ALGORITHMS[algorithm]
    for name, value in candidate["parameters"].items():
        field = f"{at}.parameters.{shown(name)[1:-1]}"
        rule = table.get(name)
        if rule is None:
            near = did_you_mean(name, list(table))
            raise Failure("ConfigInvalid", f"{field}: {algorithm} has no such parameter{near or '.'} It knows {listed(table)}")
        if not _accepts(rule, value):
            raise Failure("ConfigInvalid", f"{field}: must be {_wanted(rule)}, got {shown(value)}; correct it")


def _accepts(rule: dict[str, Any], value: object) -> bool:
    if value is None:
        return bool(rule.get("nullable"))
    match rule["kind"]:
        case "flag":
            return isinstance(value, bool)
        case "choice":
            return isinstance(value, str) and value in rule["values"]
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool) and _in_range(rule, value)
        case _:
            return isinstance(value, int | float) and not isinstance(value, bool) and _in_range(rule, value)


def _in_range(rule: dict[str, Any], value: float) -> bool:
    low, high = rule.get("min"), rule.get("max")
    if low is not None and (value < low or (rule.get("above") and value == low)):
        return False
    return high is None or value <= high


def _wanted(rule: dict[str, Any]) -> str:
    null = " or null" if rule.get("nullable") else ""
    match rule["kind"]:
        case "flag":
            return f"true or false{null}"
        case "choice":
            return f"one of {listed(rule['values'])}{null}"
        case kind:
            article = "an integer" if kind == "integer" else "a number"
            low = f"above {rule['min']}" if rule.get("above") else f"from {rule.get('min')}"
            return f"{article} {low} to {rule.get('max')}{null}"
