"""Score files: columns variant, beta, scope, metric, value, and where they are lo and hi."""

from pathlib import Path

from stats import tables
from stats.frontier.scales import SCOPES, Score, ScoresWrong
from stats.tables import Row, TableUnreadable, show

REQUIRED = ("variant", "beta", "scope", "metric", "value")


def read(path: Path) -> list[Score]:
    return from_table(tables.read(path, REQUIRED))


def from_table(table: tables.Table) -> list[Score]:
    if not table.rows:
        raise TableUnreadable(f"'{table.name}' holds no scores.")
    scores: list[Score] = []
    lines: dict[tuple[str, str, str], int] = {}
    for row in table.rows:
        where = f"'{table.name}', line {row.line:,}"
        try:
            score = _read_score(row)
        except ScoresWrong as error:
            raise TableUnreadable(f"{where}: {error}") from error
        key = (score.variant, score.scope, score.metric)
        if key in lines:
            raise TableUnreadable(f"{where}: {score} stands in line {lines[key]:,} already.")
        lines[key] = row.line
        scores.append(score)
    return scores


def _read_score(row: Row) -> Score:
    variant, metric = row.get("variant"), row.get("metric")
    scope = next((scope for scope in SCOPES if scope == row.get("scope").lower()), None)
    if not variant or not metric:
        raise ScoresWrong("The variant and the metric need a name.")
    if scope is None:
        raise ScoresWrong(f"The scope '{show(row.get('scope'))}' is neither global nor regional.")
    return Score(
        variant=variant,
        beta=_read_number(row, "beta"),
        scope=scope,
        metric=metric,
        value=_read_number(row, "value"),
        lo=_read_number(row, "lo") if row.get("lo") else None,
        hi=_read_number(row, "hi") if row.get("hi") else None,
    )


def _read_number(row: Row, column: str) -> float:
    try:
        return float(row.get(column))
    except ValueError as error:
        raise ScoresWrong(f"The {column} '{show(row.get(column))}' is no number.") from error
