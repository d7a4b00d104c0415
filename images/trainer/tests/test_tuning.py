"""Variations: drawn by the seed alone, always allowed, and what was given otherwise stays."""

from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from trainer.contract import TrainerConfigCandidate
from trainer.parameters import check_parameters
from trainer.portfolio import portfolio
from trainer.tuning import draw

from .building import config


def candidate(algorithm: str, **parameters: Any) -> TrainerConfigCandidate:
    return cast(TrainerConfigCandidate, {"algorithm": algorithm, "parameters": parameters})


GIVEN = [candidate("logisticRegression", max_iter=200, solver="saga"), candidate("randomForest", n_estimators=900, criterion="entropy")]


@given(st.integers(0, 2**31 - 1))
def test_every_variation_is_one_that_the_operator_would_take(seed: int) -> None:
    drawn = draw(GIVEN, {"trials": 20, "seed": seed})
    assert [each["algorithm"] for each in drawn] == ["logisticRegression", "randomForest"] * 10
    for each in drawn:
        check_parameters(each, "candidate")
        assert each["parameters"]["random_state"] == seed
    assert all(each["parameters"]["max_iter"] == 200 and each["parameters"]["solver"] == "saga" for each in drawn[::2])
    assert all(each["parameters"]["criterion"] == "entropy" for each in drawn[1::2])


def test_the_same_seed_draws_the_same_and_another_one_others() -> None:
    first, again, other = (draw(GIVEN, {"trials": 10, "seed": seed}) for seed in (2, 2, 3))
    assert first == again
    assert not [each for each in first if each in other]


def test_a_longer_draw_begins_with_the_shorter_one() -> None:
    assert draw(GIVEN, {"trials": 20, "seed": 2})[:10] == draw(GIVEN, {"trials": 10, "seed": 2})


def test_weights_of_classes_are_drawn_only_where_nobody_set_them() -> None:
    free, fixed = (draw([candidate("randomForest", **given)], {"trials": 30, "seed": 1}) for given in ({}, {"class_weight": "balanced"}))
    assert {each["parameters"]["class_weight"] for each in free} == {None, "balanced"}
    assert {each["parameters"]["class_weight"] for each in fixed} == {"balanced"}


def test_a_portfolio_has_what_was_given_first_and_nothing_twice() -> None:
    one = {"algorithm": "logisticRegression", "parameters": {"C": 1.0}}
    two = {"algorithm": "randomForest", "parameters": {"n_estimators": 50}}
    assert portfolio(config({"candidate": one, "rivals": [two, one, two]})) == [one, two]
    tuned = portfolio(config({"candidate": one, "tuning": {"trials": 3, "seed": 7}}))
    assert tuned[0] == one
    assert len(tuned) == 4
