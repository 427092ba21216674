"""All scoring modes. A new one is a module here, a line below, and one in `stats.scoring.modes`."""

from collections.abc import Mapping

from specs.method import MethodSpec
from specs.scoring.dpg import DpgScoring
from specs.scoring.dpg_official import DpgOfficialScoring
from specs.scoring.dsg import DsgScoring

SCORINGS: Mapping[str, type[MethodSpec]] = {
    "dsg": DsgScoring,
    "dpg": DpgScoring,
    "dpg-official": DpgOfficialScoring,
}
