"""How strongly a region is tied to the rest of the world: alpha, the weight of global quality.

A region's own file says it. Regions of the world without one are in a published table beside them.
"""

import csv
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from domain.regions import errors, service
from domain.settings import Settings

TABLE = service.OWN_FOLDER / "globalisation.csv"


def get_alpha(settings: Settings, name: str, year: int | None = None) -> float:
    """Unrounded; of the latest year unless one is named. Capitals do not matter in the name."""
    regions = {region.key.lower(): region for region in service.list_regions(settings)}
    found = regions.get(name.lower())
    if found is not None and found.globalisation is not None:
        return _choose(name, found.globalisation.by_year, year) / 100
    table = _read_table(TABLE)
    series = next((by_year for key, by_year in table.items() if key.lower() == name.lower()), None)
    if series is None:
        known = sorted({*regions, *(key.lower() for key in table)})
        raise errors.RegionNotFound(name, known)
    return _choose(name, series, year) / 100


def _choose(name: str, by_year: Mapping[int, float], year: int | None) -> float:
    wanted = max(by_year) if year is None else year
    if wanted not in by_year:
        raise errors.YearNotFound(name, wanted, min(by_year), max(by_year))
    return by_year[wanted]


@lru_cache(maxsize=1)
def _read_table(path: Path) -> Mapping[str, Mapping[int, float]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    keys = [key for key in rows[0] if key != "year"]
    return {key: {int(row["year"]): float(row[key]) for row in rows} for key in keys}
