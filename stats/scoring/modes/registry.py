"""All scoring modes; each has a specification of the same name in `specs/scoring`."""

from collections.abc import Mapping

from stats.scoring.modes.dpg import Dpg
from stats.scoring.modes.dpg_official import DpgOfficial
from stats.scoring.modes.dsg import Dsg
from stats.scoring.rules import Mode

MODES: Mapping[str, Mode] = {"dsg": Dsg(), "dpg": Dpg(), "dpg-official": DpgOfficial()}
