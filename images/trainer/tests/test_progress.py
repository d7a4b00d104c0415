"""Progress only ever goes forwards."""

from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from trainer.contract import STAGES
from trainer.progress import ProgressState, Stage

from .building import conforms

STEPS = st.tuples(st.sampled_from(STAGES), st.floats(-1, 2), st.none() | st.floats(-5, 1e12))


@given(st.lists(STEPS, max_size=40))
def test_neither_the_percentage_nor_the_time_left_goes_backwards(steps: list[tuple[Stage, float, float | None]]) -> None:
    state = ProgressState()
    percents, etas = [], []
    for stage, fraction, eta in steps:
        state.enter(stage, "x" * 300)
        state.advance(fraction, eta)
        snapshot = state.snapshot()
        conforms("Progress", snapshot)
        percents.append(snapshot["percent"])
        if "etaSeconds" in snapshot:
            etas.append(snapshot["etaSeconds"])
    assert percents == sorted(percents)
    assert etas == sorted(etas, reverse=True)


def test_the_stages_are_those_of_the_contract() -> None:
    assert get_args(Stage) == STAGES


def test_a_run_goes_from_nothing_to_all() -> None:
    state = ProgressState()
    seen = [state.snapshot()["percent"]]
    for stage in get_args(Stage):
        state.enter(stage)
        for fraction in (0.0, 0.5, 1.0):
            state.advance(fraction)
        seen.append(state.snapshot()["percent"])
    assert seen == [0, 12, 20, 25, 80, 88, 100, 100]
    assert state.snapshot()["etaSeconds"] == 0
