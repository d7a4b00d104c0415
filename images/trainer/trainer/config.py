"""Reads the configuration, and refuses one that cannot be carried out, naming the field."""

import json
from pathlib import Path
from typing import Any, cast

from .contract import CONTRACT_VERSION, SCHEMAS, TrainerConfig
from .failure import Failure
from .parameters import check_parameters
from .wording import did_you_mean, listed, shown

MAX_CONFIG_BYTES = 1 << 20


def read_config(path: Path) -> TrainerConfig:
    """The configuration in the file, valid against the contract."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise Failure("ConfigInvalid", f"configuration {path}: {error.strerror}; mount the file that the operator writes") from error
    if len(raw) > MAX_CONFIG_BYTES:
        raise Failure("ConfigInvalid", f"configuration {path}: {len(raw):,} bytes; at most {MAX_CONFIG_BYTES:,} are read")
    try:
        document = json.loads(raw.decode("utf-8"), parse_constant=_refuse_constant)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise Failure("ConfigInvalid", f"configuration {path} is not JSON: {error}; write it anew") from error
    return check_config(document)


def check_config(document: object) -> TrainerConfig:
    """The same document, once everything that can be judged without the rows holds."""
    _check_version(document)
    _check_schema(document)
    config = cast(TrainerConfig, document)
    _check_source(config)
    _check_columns(config)
    _check_rules(config)
    check_parameters(config["candidate"], "candidate")
    for position, rival in enumerate(config.get("rivals", [])):
        check_parameters(rival, f"rivals.{position}")
    _check_ranking(config)
    return config


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not a number in JSON")


def _check_version(document: object) -> None:
    version = document.get("contract") if isinstance(document, dict) else None
    if isinstance(version, int) and version != CONTRACT_VERSION:
        raise Failure(
            "ConfigInvalid",
            f"contract: {version} is not {CONTRACT_VERSION}, the version that this trainer speaks; "
            "use the trainer image that belongs to the operator (compute.image)",
        )


def _check_schema(document: object) -> None:
    import jsonschema

    validator = jsonschema.Draft202012Validator(SCHEMAS["TrainerConfig"])
    errors = sorted(validator.iter_errors(cast(Any, document)), key=lambda e: [str(part) for part in e.absolute_path])
    if errors:
        more = f" ({len(errors) - 1} more)" if len(errors) > 1 else ""
        raise Failure("ConfigInvalid", _sentence(errors[0]) + more)


def _sentence(error: Any) -> str:
    field = ".".join(str(part) for part in error.absolute_path)
    if error.validator == "required":
        missing = next(name for name in error.validator_value if name not in error.instance)
        return f"{field}.{missing}: missing; set it" if field else f"{missing}: missing; set it"
    return f"{field}: {_problem(error)}" if field else _problem(error)


def _problem(error: Any) -> str:
    value, limit = error.instance, error.validator_value
    match error.validator:
        case "additionalProperties":
            known = list(error.schema.get("properties", {}))
            unknown = next(name for name in value if name not in known)
            text = f"unknown field {shown(unknown)}{did_you_mean(unknown, known) or '.'} Known fields: {listed(known)}; remove it"
        case "enum":
            text = f"{shown(value)} is not one of {listed(limit)}{did_you_mean(str(value), limit)}"
        case "type":
            text = f"{shown(value)} is not of type {limit}; correct it"
        case "minimum" | "maximum":
            text = f"{shown(value)} is {'below' if error.validator == 'minimum' else 'above'} {limit}; choose {_range(error.schema)}"
        case "maxLength" | "minLength" | "maxItems" | "minItems" | "maxProperties":
            text = f"length {len(value)} is outside the limit ({error.validator} {limit}); shorten or complete it"
        case _:
            text = error.message[:300]
    return text


def _range(schema: dict[str, Any]) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        return f"a value from {low} to {high}"
    return f"at least {low}" if low is not None else f"at most {high}"


def _check_source(config: TrainerConfig) -> None:
    data = config["data"]
    if ("file" in data) == ("builtin" in data):
        raise Failure("ConfigInvalid", "data: exactly one of file and builtin must be set")


def _check_columns(config: TrainerConfig) -> None:
    data = config["data"]
    target, ignored, columns = data["target"], data.get("ignore", []), data.get("columns")
    for field, names in (("columns", columns or []), ("ignore", ignored)):
        repeated = next((name for position, name in enumerate(names) if name in names[:position]), None)
        if repeated is not None:
            raise Failure("ConfigInvalid", f"data.{field}: {shown(repeated)} is listed twice; list it once")
        if target in names:
            raise Failure("ConfigInvalid", f"data.{field}: {shown(target)} is the target; take it out of {field}")
    if columns is not None and not columns:
        raise Failure("ConfigInvalid", "data.columns: the list is empty; name at least one column or leave the field out")
    both = next((name for name in columns or [] if name in ignored), None)
    if both is not None:
        raise Failure("ConfigInvalid", f"data.ignore: {shown(both)} is also in data.columns; keep it in one of them")


def _check_rules(config: TrainerConfig) -> None:
    seen: set[str] = set()
    for position, rule in enumerate(config["data"]["checks"].get("schema", [])):
        field, name = f"data.checks.schema.{position}", rule["name"]
        if name in seen:
            raise Failure("ConfigInvalid", f"{field}.name: {shown(name)} has a rule already; keep one rule per column")
        seen.add(name)
        bounded = "min" in rule or "max" in rule
        if bounded and rule.get("type") == "category":
            raise Failure("ConfigInvalid", f"{field}: min and max are for numbers, and {shown(name)} is a category; use values")
        if "min" in rule and "max" in rule and rule["min"] > rule["max"]:
            raise Failure("ConfigInvalid", f"{field}: min {rule['min']} is above max {rule['max']}; exchange them")
        if rule.get("exclusiveMin") and "min" not in rule:
            raise Failure("ConfigInvalid", f"{field}.exclusiveMin: it needs min; set min or remove exclusiveMin")
        if "values" in rule and not rule["values"]:
            raise Failure("ConfigInvalid", f"{field}.values: the list is empty; list the allowed values or leave the field out")


def _check_ranking(config: TrainerConfig) -> None:
    for field, needed in (("rivals", "ranking"), ("tuning", "ranking"), ("ranking", "crossValidation")):
        if field in config and needed not in config:
            raise Failure("ConfigInvalid", f"{needed}: missing; {field} needs it, so set it or remove {field}")
