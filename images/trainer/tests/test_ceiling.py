"""The best scores that any model can reach."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as reference

from trainer.ceiling import Group, ceiling
from trainer.titanic import COUNTS as COUNTED
from trainer.titanic import groups

# Counts of the first and of the second class among rows that no model can tell apart.
COUNTS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)).filter(any), min_size=2, max_size=4).filter(
    lambda groups: all(sum(side) > 0 for side in zip(*groups, strict=True))
)


@settings(max_examples=25)
@given(COUNTS)
def test_they_are_the_best_of_all_rules_there_are(counts: list[tuple[int, int]]) -> None:
    best = ceiling([Group(no + yes, yes / (no + yes)) for no, yes in counts])
    truth = np.concatenate([[0] * no + [1] * yes for no, yes in counts])
    place = np.repeat(np.arange(len(counts)), [sum(pair) for pair in counts])
    rules = [np.array(rule)[place] for rule in itertools.product([0, 1], repeat=len(counts))]
    chance = np.array([yes / (no + yes) for no, yes in counts])[place]
    assert best.accuracy == pytest.approx(max(reference.accuracy_score(truth, rule) for rule in rules))
    assert best.roc_auc == pytest.approx(reference.roc_auc_score(truth, chance))
    assert best.log_loss == pytest.approx(reference.log_loss(truth, chance, labels=[0, 1]), abs=1e-6)
    f1 = [reference.f1_score(truth, rule, average="macro", zero_division=0) for rule in rules]
    by_threshold = [reference.f1_score(truth, chance >= least, average="macro", zero_division=0) for least in (*chance, 2)]
    assert max(by_threshold) - 1e-12 <= best.f1 <= max(f1) + 1e-12


def test_no_rule_for_the_titanic_has_a_better_f1_than_a_threshold() -> None:
    died, survived = (np.array(side) for side in zip(*((died, survived) for _, died, survived in COUNTED), strict=True))
    rules = np.array(list(itertools.product([0, 1], repeat=len(COUNTED))))
    second = 2 * rules @ survived / (rules @ (died + survived) + survived.sum())
    first = 2 * (1 - rules) @ died / ((1 - rules) @ (died + survived) + died.sum())
    assert ceiling(groups()).f1 == pytest.approx(((first + second) / 2).max(), abs=1e-12)


def test_they_are_written_as_in_a_report() -> None:
    assert str(ceiling([Group(1, 0.25), Group(1, 0.75)])) == "accuracy 0.75, f1 0.75, roc_auc 0.75, log_loss 0.5623"
