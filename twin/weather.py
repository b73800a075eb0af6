"""The weather year of the service: that of a file, or the one that comes along."""

from twin.energy import ClimateYear, read_epw, synthetic_tallinn
from twin.energy.epw import LARGEST_EPW_BYTES
from twin.errors import InvalidInput
from twin.settings import Settings

UNSTATED = "not stated"


def climate_of(settings: Settings) -> ClimateYear:
    """Return the weather year of the settings.

    Raises:
        InvalidInput: (not-found) there is no such file; (epw-…) it is damaged, with its line.
    """
    path = settings.climate_file
    if path is None:
        return synthetic_tallinn()
    if not path.is_file():
        raise InvalidInput("There is no such weather file.", reason="not-found", entity=path.name)
    with path.open("rb") as stream:
        data = stream.read(LARGEST_EPW_BYTES + 1)
    licence = settings.climate_licence or UNSTATED
    return read_epw(data, source=path.name, licence=licence, official=settings.climate_official)
