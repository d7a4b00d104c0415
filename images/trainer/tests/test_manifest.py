"""What a server is told about the inputs, and what a card shows."""

from pathlib import Path
from typing import Any

from trainer.bundle import Place
from trainer.clock import Clock
from trainer.manifest import manifest
from trainer.model_card import model_card
from trainer.progress import ProgressState
from trainer.run import Surroundings, _train
from trainer.trained import Trained

from .building import UID, conforms, csv_file, from_file, mixed_csv

RULES = [
    {"name": "age", "min": 0, "max": 120},
    {"name": "income", "type": "number", "min": 0, "exclusiveMin": True},
    {"name": "plan", "values": ["basic", "pro", "größer"]},
]


def trained(folder: Path, changes: dict[str, Any], text: str | None = None) -> Trained:
    settings = from_file(csv_file(folder, text or mixed_csv()), {"data.ignore": ["id"], "data.checks.maxMissing": 0.1, **changes})
    progress = ProgressState()
    return _train(settings, Surroundings(Place(folder, "iris", UID), progress, 1), Clock(progress, {}))[0]


def test_limits_come_from_the_rules_and_null_is_accepted_where_rows_had_it(tmp_path: Path) -> None:
    described = manifest(trained(tmp_path, {"data.checks.schema": RULES}))
    conforms("Manifest", described)
    age, income, plan = described["inputs"]
    assert age == {"name": "age", "type": "number", "nullable": True, "example": age["example"], "minimum": 0, "maximum": 120}
    assert income == {
        "name": "income",
        "type": "number",
        "nullable": False,
        "example": income["example"],
        "minimum": 0,
        "exclusiveMinimum": True,
    }
    assert plan == {
        "name": "plan",
        "type": "category",
        "nullable": True,
        "example": plan["example"],
        "categories": ["basic", "pro", "größer"],
    }


def test_without_rules_there_are_no_limits(tmp_path: Path) -> None:
    described = manifest(trained(tmp_path, {}))
    assert all(set(item) == {"name", "type", "nullable", "example"} for item in described["inputs"])


def test_examples_are_written_as_in_the_file(tmp_path: Path) -> None:
    text = "x,kind\n" + "0.1,a\n0.1,b\n" * 10
    assert manifest(trained(tmp_path, {"data.ignore": []}, text))["inputs"][0]["example"] == 0.1


def test_twins_on_both_sides_are_counted_for_a_random_split_only(tmp_path: Path) -> None:
    text = "x,kind\n" + "".join(f"{row % 5},{'ab'[row % 2]}\n" for row in range(40))
    random = trained(tmp_path, {"data.ignore": []}, text)
    assert random.shared_rows == random.test.rows
    card = model_card(random, manifest(random))
    assert "- 8 test rows also occur among the train rows: the metrics are a little too good." in card


def test_names_have_no_power_over_the_card(tmp_path: Path) -> None:
    text = "<b>|x`,kind\n" + "".join(f"{row},{'ab'[row % 2]}|#\n" for row in range(40))
    one = trained(tmp_path, {"data.ignore": [], "data.described": "[click](http://x)"}, text)
    card = model_card(one, manifest(one))
    assert "| `\\<b\\>\\|x\\`` | number | no | 0 |" in card
    assert "| a\\|\\# |" in card
    assert "- Source: \\[click\\](http://x) (primary)" in card
