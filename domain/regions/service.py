"""All regions: those of the product, those of the installation, those of the data folder."""

import hashlib
from pathlib import Path

from domain.regions import errors, files
from domain.settings import Settings
from specs.region import Region

OWN_FOLDER = Path(__file__).resolve().parents[2] / "regions"


def list_folders(settings: Settings) -> list[Path]:
    for folder in settings.region_dirs:
        if not folder.is_dir():
            raise errors.RegionFolderMissing(folder)
    return [OWN_FOLDER, *settings.region_dirs, settings.data.resolve() / "regions"]


def list_regions(settings: Settings) -> list[Region]:
    """By key. A file that is wrong stops everything: half the regions would be a silent loss."""
    found: dict[str, tuple[Region, Path]] = {}
    for folder in list_folders(settings):
        for path in sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")]):
            region = files.read(path)
            if region.key in found:
                raise errors.RegionTwice(region.key, found[region.key][1], path)
            found[region.key] = (region, path)
    return [found[key][0] for key in sorted(found)]


def get_region(settings: Settings, key: str) -> Region:
    regions = list_regions(settings)
    for region in regions:
        if region.key == key:
            return region
    raise errors.RegionNotFound(key, [region.key for region in regions])


def digest(region: Region) -> str:
    """Of everything its file says: what was computed with it depends on that."""
    return hashlib.sha256(region.model_dump_json().encode()).hexdigest()


def find_by_country(settings: Settings, code: str) -> list[Region]:
    """A country may belong to several regions."""
    return [region for region in list_regions(settings) if region.find_country(code)]


def find_by_domain(settings: Settings, host: str) -> list[Region]:
    """By the last part of a host name, when it is a country's."""
    last = host.rstrip(".").rpartition(".")[2].lower()
    return [region for region in list_regions(settings) if last in region.domains]


def find_by_language(settings: Settings, code: str) -> list[Region]:
    return [region for region in list_regions(settings) if region.find_language(code)]
