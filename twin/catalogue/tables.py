"""Tables of the catalogue: the source of truth about buildings, versions, records, jobs and reports."""

from sqlalchemy import (
    DDL,
    JSON,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    event,
)

METADATA = MetaData()

META = Table(
    "meta",
    METADATA,
    Column("key", String, primary_key=True),
    Column("value", String, nullable=False),
)

BUILDING = Table(
    "building",
    METADATA,
    Column("building_id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("address", String, nullable=False),
    Column("ehr_code", String, nullable=True),
    Column("created", String, nullable=False),  # RFC 3339, UTC
)

VERSION = Table(
    "version",
    METADATA,
    Column("version_id", Integer, primary_key=True),
    Column("building_id", String, ForeignKey("building.building_id"), nullable=False),
    Column("stage", String, nullable=False),
    Column("number", Integer, nullable=False),
    Column("created", String, nullable=False),
    Column("file_name", String, nullable=False),
    Column("file_sha256", String, nullable=False),
    Column("content_sha256", String, nullable=False),  # digest of the map GlobalId -> record digest
    Column("header", JSON, nullable=False),
    Column("project_id", String, nullable=False),
    Column("georeference", JSON, nullable=True),
    Column("findings", JSON, nullable=False),
    Column("not_understood", JSON, nullable=False),
    Column("facts", JSON, nullable=False),  # footprint, height, storeys: what lists of buildings show
    Column("elements", Integer, nullable=False),
    Column("spaces", Integer, nullable=False),
    Column("meshes_sha256", String, nullable=False),
    Column("scene_sha256", String, nullable=False),
    UniqueConstraint("building_id", "stage", "number"),
)

VERSION_FILE = Table(
    "version_file",
    METADATA,
    Column("version_id", Integer, ForeignKey("version.version_id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),  # from 0; the first gives project, header and place
    Column("file_sha256", String, nullable=False),
    Column("file_name", String, nullable=False),
)

RECORD = Table(
    "record",
    METADATA,
    Column("digest", String, primary_key=True),
    Column("form", LargeBinary, nullable=False),  # RFC 8785 bytes
    sqlite_with_rowid=False,
)

VERSION_RECORD = Table(
    "version_record",
    METADATA,
    Column("version_id", Integer, ForeignKey("version.version_id", ondelete="CASCADE"), primary_key=True),
    Column("global_id", String, primary_key=True),
    Column("digest", String, ForeignKey("record.digest"), nullable=False),
    Column("ifc_class", String, nullable=False),
    Column("name", String, nullable=False),
    Column("storey", String, nullable=True),
    Index("version_record_class", "version_id", "ifc_class"),
    Index("version_record_digest", "digest"),  # finds the records that no version uses
    sqlite_with_rowid=False,
)

REPORT = Table(
    "report",
    METADATA,
    Column("version_id", Integer, ForeignKey("version.version_id", ondelete="CASCADE"), primary_key=True),
    Column("kind", String, primary_key=True),  # permit, energy, validation, seal
    Column("inputs", String, primary_key=True),  # digest of everything else that the report was made from
    Column("created", String, nullable=False),
    Column("sha256", String, nullable=False),  # blob that holds it
    Column("summary", JSON, nullable=False),
)

JOB = Table(
    "job",
    METADATA,
    Column("job_id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("status", String, nullable=False),
    Column("progress", Float, nullable=False),
    Column("label", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created", String, nullable=False),
    Column("updated", String, nullable=False),
    Column("request", JSON, nullable=False),
    Column("result", JSON, nullable=True),
    Column("problem", JSON, nullable=True),
)

LAYER = Table(
    "layer",
    METADATA,
    Column("name", String, primary_key=True),  # parcels, plan_areas
    Column("sha256", String, nullable=False),
    Column("created", String, nullable=False),
)

JOURNAL = Table(  # append-only: triggers refuse every change of a row
    "journal",
    METADATA,
    Column("book", String, primary_key=True),  # transitions, deviations, audit
    Column("entry", Integer, primary_key=True),  # from 1 without a gap
    Column("time", String, nullable=False),  # RFC 3339, UTC
    Column("subject", String, nullable=False),  # the building, or what else entries are looked up by
    Column("content", LargeBinary, nullable=False),  # RFC 8785 bytes
    Column("chain", String, nullable=False),  # SHA-256 over the chain of the entry before and over this entry
    Index("journal_subject", "book", "subject"),
    sqlite_with_rowid=False,
)

LOGGED = Table(  # what belongs into the transparency log, in the order of its sealing
    "logged",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("sha256", String, nullable=False, unique=True),  # of the entry, which is a blob
    Column("kind", String, nullable=False),  # state, transition, journals
    Column("created", String, nullable=False),
    Column("position", Integer, nullable=True, unique=True),  # in the log; none until it is there
)

for _verb in ("UPDATE", "DELETE"):
    event.listen(
        JOURNAL,
        "after_create",
        DDL(  # type: ignore[no-untyped-call]
            f"CREATE TRIGGER journal_no_{_verb.lower()} BEFORE {_verb} ON journal "
            "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
        ),
    )
