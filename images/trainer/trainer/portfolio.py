"""Decides what is trained: the candidate, its rivals, and variations that are drawn from them."""

import json

from .contract import TrainerConfig, TrainerConfigCandidate
from .tuning import draw


def portfolio(config: TrainerConfig) -> list[TrainerConfigCandidate]:
    """In the order of the configuration, each setting once: twins would take the places of others."""
    given = [config["candidate"], *config.get("rivals", [])]
    drawn = draw(given, config["tuning"]) if "tuning" in config else []
    return list({json.dumps(candidate, sort_keys=True): candidate for candidate in reversed([*given, *drawn])}.values())[::-1]
