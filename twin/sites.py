"""Search for a site among the parcels of the district; what was measured is kept until land or buildings change."""

import threading

from twin.city import City
from twin.district import FoundSites, Plan, SiteQuery, SiteTable, Surroundings, search_sites
from twin.errors import NotFound
from twin.layers import Layers


class Sites:
    """Searches for sites.

    Args:
        city: Buildings that stand.
        layers: Parcels and plan areas.
    """

    def __init__(self, city: City, layers: Layers) -> None:
        self._city = city
        self._layers = layers
        self._making = threading.Lock()
        self._around: tuple[object, Surroundings] | None = None
        self._table: tuple[object, SiteTable] | None = None

    def search(self, query: SiteQuery, limit: int, offset: int = 0) -> FoundSites:
        """Return a page of the parcels that fulfil the plan rules, best first.

        Raises:
            NotFound: (layer) there are no parcels.
            InvalidInput: (criterion) see `search_sites`.
        """
        return search_sites(self._current(), query, limit, offset)

    def _current(self) -> SiteTable:
        """Return the table of what is there now; the first search after a change makes it, others wait."""
        with self._making:
            parcels, plan = self._layers.parcels(), self._layers.plan() or Plan(())
            if parcels is None:
                raise NotFound("There are no parcels.", reason="layer", hint="PUT /district/parcels first.")
            models = Surroundings.of_bodies(self._city.models())
            city = (self._city.digest(), tuple(sorted(self._city.own())))
            state = (city, tuple(sorted(self._layers.digests().items())), models.written())
            if self._around is None or self._around[0] != city:
                self._around = (city, self._city.columns(city[1]))
            if self._table is None or self._table[0] != state:
                self._table = (state, SiteTable(parcels, plan.areas, models.and_also(self._around[1])))
            return self._table[1]
