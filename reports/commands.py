"""The commands that compute a report's numbers again from the exported ratings."""

import shlex
from collections.abc import Iterator, Sequence

from domain.results.report import Facts, Report

FILE = "ratings.csv"


def list_commands(report: Report) -> Sequence[str]:
    return [shlex.join(["ggez", *words, "--json"]) for words in _list_words(report)]


def _list_words(report: Report) -> Iterator[list[str]]:
    design = report.design
    for criterion in design.criteria:
        facts = report.agreement.get(criterion.key)
        if facts is not None:
            scale = f"{facts['levels'][0]:g}..{facts['levels'][-1]:g}"
            words = ["agreement", FILE, "--levels", scale, "--criterion", criterion.key]
            yield [*words, "--bootstrap", str(facts["num_resamples"]), "--seed", str(facts["seed"])]
    for facts in (report.effects, report.preferences):
        if facts is not None and facts.get("B"):
            command = {"pair": "pairs", "rank": "ranks"}.get(design.form, "effects")
            baseline = ["--baseline", str(facts["baseline"])] if command == "effects" else []
            yield [command, FILE, *baseline, *_draw(facts)]


def _draw(facts: Facts) -> list[str]:
    return ["--bootstrap", str(facts["B"]), "--seed", str(facts["seed"])]
