"""Keeping the graph in line with the catalogue and the points: the latest of each stage always, others on demand."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from graph import CITY, Batch, GraphStore, GuardedGraph, Loaded, Scope, labels_in, points_batch, projected_labels
from twin.catalogue import Catalogue, Version
from twin.live import Point
from twin.projection import point_nodes, project, projected_digest
from twin.snapshots import SnapshotReader

KEPT_PAST = (
    16  # earlier versions in the graph; one of 10,000 elements takes some 10 MB of memory and a second to make
)
KEPT_PRIVATE = 4  # versions alone in memory for free queries, as many as snapshots are kept

PointsOf = Callable[[str], Sequence[Point]]


class Projections:
    """What of the catalogue is in the graph.

    Args:
        graph: The engine.
        catalogue: The versions.
        snapshots: Reads a version.
        points: Returns the points of a building.
    """

    def __init__(self, graph: GraphStore, catalogue: Catalogue, snapshots: SnapshotReader, points: PointsOf) -> None:
        self._graph = graph
        self._catalogue = catalogue
        self._snapshots = snapshots
        self._points = points
        self._making = threading.Lock()
        self._users: OrderedDict[Scope, int] = OrderedDict()  # earlier versions in the graph, least lately used first
        self._private: OrderedDict[tuple[str, str], GuardedGraph] = OrderedDict()

    def replace(self, batch: Batch) -> None:
        """Put a version into the graph, and the points of its building beside it."""
        self._graph.replace(batch)
        self._graph.replace(self._points_beside(batch))

    def points_changed(self, building_id: str) -> None:
        """Bring the points of a building in line in every version of it that the graph holds."""
        nodes = point_nodes(self._points(building_id))
        ids = {i for node in nodes for i in (node.global_id, node.space) if i is not None}
        with self._making:
            self._private.clear()
            for scope in [scope for scope in self._graph.loaded() if scope.building_id == building_id]:
                self._graph.replace(points_batch(scope, nodes, projected_labels(self._graph, scope, ids)))

    def reproject(self) -> int:
        """Bring the graph in line with the catalogue and return how many latest versions were written anew.

        Earlier versions are taken out; they come back when somebody asks for them.
        """
        with self._making:
            self._users.clear()
            self._private.clear()
            loaded, wanted = self._graph.loaded(), self._latest()
            for scope in loaded.keys() - wanted.keys() - {CITY}:
                self._graph.remove(scope)
            stale = [version for scope, version in wanted.items() if not _is(loaded.get(scope), version)]
            for version in stale:
                self.replace(project(self._snapshots.read(version), version.content_sha256))
        return len(stale)

    def is_latest(self, version: Version) -> bool:
        """Return whether the graph holds the content of `version` as the latest of its stage."""
        return _is(self._graph.held(_latest_scope(version)), version)

    @contextmanager
    def held(self, version: Version) -> Iterator[Scope]:
        """Keep `version` in the graph, in a scope of its own, while the block runs."""
        scope = Scope(version.key.building_id, version.key.stage.value, version.key.number)
        with self._making:
            if not _is(self._graph.held(scope), version):
                self.replace(project(self._snapshots.read(version), version.content_sha256, scope))
            self._users[scope] = self._users.get(scope, 0) + 1
            self._users.move_to_end(scope)
        try:
            yield scope
        finally:
            with self._making:
                if scope in self._users:
                    self._users[scope] -= 1
                self._forget_oldest()

    def alone(self, version: Version) -> GuardedGraph:
        """Return a graph that holds `version` and the points of its building, and nothing else."""
        key = (str(version.key), projected_digest(version.content_sha256))
        with self._making:
            if key not in self._private:
                batch = project(self._snapshots.read(version), version.content_sha256)
                self._private[key] = GuardedGraph([batch, self._points_beside(batch)])
            self._private.move_to_end(key)
            while len(self._private) > KEPT_PRIVATE:
                self._private.popitem(last=False)
            return self._private[key]

    def _latest(self) -> dict[Scope, Version]:
        return {
            Scope(building.building_id, stage.value): self._catalogue.version(building.building_id, stage)
            for building in self._catalogue.buildings()
            for stage in building.latest
        }

    def _points_beside(self, batch: Batch) -> Batch:
        nodes = point_nodes(self._points(batch.scope.building_id))
        wanted = {i for node in nodes for i in (node.global_id, node.space)}
        labels = {i: label for i, label in labels_in(batch).items() if i in wanted}
        return points_batch(batch.scope, nodes, labels)

    def _forget_oldest(self) -> None:
        surplus = len(self._users) - KEPT_PAST
        for scope in [scope for scope, users in self._users.items() if users == 0][: max(0, surplus)]:
            self._graph.remove(scope)
            del self._users[scope]


def _latest_scope(version: Version) -> Scope:
    return Scope(version.key.building_id, version.key.stage.value)


def _is(loaded: Loaded | None, version: Version) -> bool:
    return loaded is not None and loaded.content_sha256 == projected_digest(version.content_sha256)
