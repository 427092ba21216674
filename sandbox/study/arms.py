"""The arms of the sandbox's study: the mixtures of a sweep, and what the world itself draws."""

from domain.variants import rules

NAME = "Sandbox study"
BETAS = (0.0, 0.25, 0.5, 0.75, 1.0)
DRAWN = f"{NAME} drawings"  # in the place of real photos: controls, never compared


def name_arm(beta: float) -> str:
    return rules.name_merge(NAME, beta)


BASELINE = name_arm(0.0)
