"""The catalogue: buildings, their versions and the records of each version.

Rules that it keeps:
1. A version appears whole or not at all: its row, its map of records and its building row are one transaction.
2. Records are content-addressed and shared between versions; a record that no version uses is an orphan of an
   interrupted load and is swept.
3. The number of a version is given inside the transaction, so two loads at once never share one.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from ifc import ElementRecord, Georeference, Header, record_from_form
from twin.catalogue.tables import BUILDING, RECORD, VERSION, VERSION_FILE, VERSION_RECORD
from twin.catalogue.values import Building, ElementRow, Version, VersionFile, VersionKey
from twin.errors import NotFound
from twin.snapshot import Stage

_BATCH_ROWS = 2_000  # rows a statement: bounds memory, and more brings no speed


def content_digest(digests: Mapping[str, str]) -> str:
    """Return the digest of a map GlobalId -> record digest: equal for semantically equal files."""
    text = "".join(f"{global_id} {digests[global_id]}\n" for global_id in sorted(digests))
    return hashlib.sha256(text.encode()).hexdigest()


class Catalogue:
    """Buildings, versions and records on one SQL engine.

    Args:
        engine: An engine made by `twin.catalogue.database.open_database`.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def store_records(self, forms: Mapping[str, bytes]) -> int:
        """Store canonical records by digest and return how many were new."""
        with self._engine.begin() as connection:
            before = connection.scalar(select(func.count()).select_from(RECORD)) or 0
            rows = [{"digest": digest, "form": form} for digest, form in forms.items()]
            for start in range(0, len(rows), _BATCH_ROWS):
                connection.execute(upsert(RECORD).on_conflict_do_nothing(), rows[start : start + _BATCH_ROWS])
            after = connection.scalar(select(func.count()).select_from(RECORD)) or 0
        return after - before

    def add_version(
        self,
        building: Building,
        version: Version,
        rows: Sequence[tuple[ElementRow, str]],
        files: Sequence[VersionFile] = (),
    ) -> Version:
        """Store a version with its map of records, last of all that belongs to it.

        Args:
            building: The building; made or renamed as needed.
            version: The version; its number is replaced by the next free one of its stage.
            rows: Every element with the digest of its record.
            files: The submitted files; none for the one that the version names.

        Returns:
            The version with its number.
        """
        with self._engine.begin() as connection:
            self._put_building(connection, building, version.created)
            number = self._next_number(connection, version.key)
            key = VersionKey(version.key.building_id, version.key.stage, number)
            result = connection.execute(insert(VERSION).values(**_version_row(version), number=number))
            version_id = result.inserted_primary_key[0] if result.inserted_primary_key else None
            entries = [{"version_id": version_id, "digest": digest, **asdict(row)} for row, digest in rows]
            for start in range(0, len(entries), _BATCH_ROWS):
                connection.execute(insert(VERSION_RECORD), entries[start : start + _BATCH_ROWS])
            submitted = files or (VersionFile(version.file_sha256, version.file_name),)
            places = [{"version_id": version_id, "position": at, **asdict(f)} for at, f in enumerate(submitted)]
            connection.execute(insert(VERSION_FILE), places)
            stored = connection.execute(select(VERSION).where(VERSION.c.version_id == version_id)).one()
        return _version(stored, key)

    def set_geometry(self, key: VersionKey, meshes_sha256: str, scene_sha256: str) -> Version:
        """Point a version at meshes and a scene that were made anew, and return it."""
        with self._engine.begin() as connection:
            wanted = VERSION.c.version_id == _id_of(connection, key)
            values = {"meshes_sha256": meshes_sha256, "scene_sha256": scene_sha256}
            connection.execute(update(VERSION).where(wanted).values(**values))
        return self.version(key.building_id, key.stage, key.number)

    def buildings(self) -> list[Building]:
        """Return all buildings, by id."""
        with self._engine.connect() as connection:
            latest: dict[str, dict[Stage, int]] = {}
            grouped = select(VERSION.c.building_id, VERSION.c.stage, func.max(VERSION.c.number)).group_by(
                VERSION.c.building_id, VERSION.c.stage
            )
            for building_id, stage, number in connection.execute(grouped):
                latest.setdefault(building_id, {})[Stage(stage)] = number
            rows = connection.execute(select(BUILDING).order_by(BUILDING.c.building_id)).all()
        return [
            Building(row.building_id, row.name, row.address, row.ehr_code, latest.get(row.building_id, {}))
            for row in rows
        ]

    def building(self, building_id: str) -> Building:
        """Return one building.

        Raises:
            NotFound: (building) there is none of that id.
        """
        for building in self.buildings():
            if building.building_id == building_id:
                return building
        raise NotFound("There is no such building.", reason="building", entity=building_id[:80])

    def versions(self, building_id: str) -> list[Version]:
        """Return the versions of a building by stage and number; empty if there is no such building."""
        query = select(VERSION).where(VERSION.c.building_id == building_id)
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        order = list(Stage)
        return sorted((_version(row) for row in rows), key=lambda v: (order.index(v.key.stage), v.key.number))

    def version(self, building_id: str, stage: Stage, number: int | None = None) -> Version:
        """Return one version; the latest of the stage if `number` is None.

        Raises:
            NotFound: (version) there is none.
        """
        query = select(VERSION).where(VERSION.c.building_id == building_id, VERSION.c.stage == stage.value)
        if number is not None:
            query = query.where(VERSION.c.number == number)
        with self._engine.connect() as connection:
            row = connection.execute(query.order_by(VERSION.c.number.desc()).limit(1)).first()
        if row is None:
            raise NotFound(
                "There is no such version.",
                reason="version",
                entity=f"{building_id[:80]}/{stage.value}/{number or 'latest'}",
            )
        return _version(row)

    def version_of_file(self, file_sha256: str, stage: Stage, building_id: str | None) -> Version | None:
        """Return the version that these very bytes became, if it is still the latest of its stage, else None."""
        query = select(VERSION).where(VERSION.c.file_sha256 == file_sha256, VERSION.c.stage == stage.value)
        if building_id is not None:
            query = query.where(VERSION.c.building_id == building_id)
        with self._engine.connect() as connection:
            row = connection.execute(query.order_by(VERSION.c.version_id.desc()).limit(1)).first()
            if row is None or self._next_number(connection, _version(row).key) != row.number + 1:
                return None
        return _version(row)

    def files(self, key: VersionKey) -> tuple[VersionFile, ...]:
        """Return the submitted files of a version, in their order."""
        columns = VERSION_FILE.c
        with self._engine.connect() as connection:
            query = select(columns.file_sha256, columns.file_name).where(
                columns.version_id == _id_of(connection, key)
            )
            return tuple(VersionFile(*row) for row in connection.execute(query.order_by(columns.position)))

    def next_number(self, key: VersionKey) -> int:
        """Return the number that the next version of the stage of `key` will get."""
        with self._engine.connect() as connection:
            return self._next_number(connection, key)

    def digests(self, key: VersionKey) -> dict[str, str]:
        """Return the map GlobalId -> record digest of a version."""
        query = select(VERSION_RECORD.c.global_id, VERSION_RECORD.c.digest)
        with self._engine.connect() as connection:
            rows = connection.execute(query.where(VERSION_RECORD.c.version_id == _id_of(connection, key)))
            return {row.global_id: row.digest for row in rows}

    def records(self, key: VersionKey) -> Iterator[ElementRecord]:
        """Yield the records of a version by GlobalId."""
        with self._engine.connect() as connection:
            query = _records_query().where(VERSION_RECORD.c.version_id == _id_of(connection, key))
            for form in connection.scalars(query.order_by(VERSION_RECORD.c.global_id)):
                yield record_from_form(json.loads(form))

    def record(self, key: VersionKey, global_id: str) -> ElementRecord:
        """Return one record.

        Raises:
            NotFound: (element) the version has no such element.
        """
        with self._engine.connect() as connection:
            query = _records_query().where(
                VERSION_RECORD.c.version_id == _id_of(connection, key), VERSION_RECORD.c.global_id == global_id
            )
            row = connection.execute(query).first()
        if row is None:
            raise NotFound("This version has no such element.", reason="element", entity=global_id[:80])
        return record_from_form(json.loads(row.form))

    def records_of(self, digests: Sequence[str]) -> dict[str, ElementRecord]:
        """Return records by digest; unknown digests are left out."""
        found: dict[str, ElementRecord] = {}
        with self._engine.connect() as connection:
            for start in range(0, len(digests), 500):
                query = select(RECORD).where(RECORD.c.digest.in_(digests[start : start + 500]))
                found.update(
                    (row.digest, record_from_form(json.loads(row.form))) for row in connection.execute(query)
                )
        return found

    def elements(
        self,
        key: VersionKey,
        *,
        ifc_class: str | None = None,
        storey: str | None = None,
        text: str | None = None,
        limit: int = 100,
        offset: int = 0,
    ) -> tuple[list[ElementRow], int]:
        """Return a page of the elements of a version, by class, name and GlobalId, and the number of all."""
        columns = VERSION_RECORD.c
        with self._engine.connect() as connection:
            wanted = [columns.version_id == _id_of(connection, key)]
            if ifc_class is not None:
                wanted.append(columns.ifc_class == ifc_class)
            if storey is not None:
                wanted.append(columns.storey == storey)
            if text:
                wanted.append(columns.name.icontains(text, autoescape=True) | (columns.global_id == text))
            total = connection.scalar(select(func.count()).select_from(VERSION_RECORD).where(*wanted)) or 0
            query = select(columns.global_id, columns.ifc_class, columns.name, columns.storey).where(*wanted)
            ordered = query.order_by(columns.ifc_class, columns.name, columns.global_id)
            rows = connection.execute(ordered.limit(limit).offset(offset)).all()
        return [ElementRow(*row) for row in rows], total

    def class_counts(self, key: VersionKey) -> dict[str, int]:
        """Return the number of elements of each class of a version."""
        columns = VERSION_RECORD.c
        with self._engine.connect() as connection:
            query = select(columns.ifc_class, func.count()).where(columns.version_id == _id_of(connection, key))
            grouped = query.group_by(columns.ifc_class).order_by(columns.ifc_class)
            return {row[0]: row[1] for row in connection.execute(grouped)}

    def sweep(self) -> int:
        """Remove records that no version uses and return how many that were."""
        used = select(VERSION_RECORD.c.digest).where(VERSION_RECORD.c.digest == RECORD.c.digest).exists()
        with self._engine.begin() as connection:
            return connection.execute(delete(RECORD).where(~used)).rowcount

    @staticmethod
    def _put_building(connection: Connection, building: Building, created: str) -> None:
        values = {"name": building.name, "address": building.address, "ehr_code": building.ehr_code}
        statement = upsert(BUILDING).values(building_id=building.building_id, created=created, **values)
        connection.execute(statement.on_conflict_do_update(index_elements=["building_id"], set_=values))

    @staticmethod
    def _next_number(connection: Connection, key: VersionKey) -> int:
        highest = connection.scalar(
            select(func.max(VERSION.c.number)).where(
                VERSION.c.building_id == key.building_id, VERSION.c.stage == key.stage.value
            )
        )
        return (highest or 0) + 1


def _records_query() -> Select[bytes]:
    return select(RECORD.c.form).join(VERSION_RECORD, VERSION_RECORD.c.digest == RECORD.c.digest)


def _id_of(connection: Connection, key: VersionKey) -> int:
    version_id = connection.scalar(version_id_query(key))
    if version_id is None:
        raise NotFound("There is no such version.", reason="version", entity=str(key)[:120])
    return version_id


def version_id_query(key: VersionKey) -> Select[int]:
    """Return the query for the internal number of a version."""
    return select(VERSION.c.version_id).where(
        VERSION.c.building_id == key.building_id,
        VERSION.c.stage == key.stage.value,
        VERSION.c.number == key.number,
    )


def _version_row(version: Version) -> dict[str, Any]:
    return {
        "building_id": version.key.building_id,
        "stage": version.key.stage.value,
        "created": version.created,
        "file_name": version.file_name,
        "file_sha256": version.file_sha256,
        "content_sha256": version.content_sha256,
        "header": asdict(version.header),
        "project_id": version.project_id,
        "georeference": None if version.georeference is None else asdict(version.georeference),
        "findings": list(version.findings),
        "not_understood": dict(version.not_understood),
        "facts": dict(version.facts),
        "elements": version.elements,
        "spaces": version.spaces,
        "meshes_sha256": version.meshes_sha256,
        "scene_sha256": version.scene_sha256,
    }


def _version(row: Row[Any], key: VersionKey | None = None) -> Version:
    return Version(
        key=key or VersionKey(row.building_id, Stage(row.stage), row.number),
        created=row.created,
        file_name=row.file_name,
        file_sha256=row.file_sha256,
        content_sha256=row.content_sha256,
        header=Header(**row.header),
        project_id=row.project_id,
        georeference=None if row.georeference is None else Georeference(**row.georeference),
        findings=tuple(row.findings),
        not_understood=row.not_understood,
        facts=row.facts,
        elements=row.elements,
        spaces=row.spaces,
        meshes_sha256=row.meshes_sha256,
        scene_sha256=row.scene_sha256,
    )
