"""Every setting of the service in one frozen, typed object; nothing else reads the environment."""

from pathlib import Path

from pydantic import Field, HttpUrl, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

MIB = 1024 * 1024


class Settings(BaseSettings):
    """Settings, each from `KAKSIK_<NAME>` or its default. Units stand in the names."""

    model_config = SettingsConfigDict(env_prefix="KAKSIK_", frozen=True, extra="ignore")

    home: Path = Field(default=Path(".kaksik"), description="Folder that holds all data of the service")
    host: str = Field(default="127.0.0.1", description="Address to listen on; any other needs a token file")
    port: int = Field(default=8321, ge=0, le=65535, description="Port to listen on; 0 takes a free one")
    token_file: Path | None = Field(default=None, description="File with one bearer token a line: `name:token`")
    geoid_grid: Path | None = Field(
        default=None,
        description="Grid of the geoid (GTX, GeoTIFF) for 3D Tiles; default is EGM96, in doubt by a metre",
    )
    publisher_name: str = Field(
        default="",
        max_length=200,
        description="Who publishes the data; without it the catalogue is DCAT, not DCAT-AP",
    )
    publisher_url: HttpUrl | None = Field(default=None, description="Home page of the publisher, which names it")
    publisher_email: str | None = Field(
        default=None,
        pattern=r"^[^@\s<>]+@[^@\s<>]+$",
        description="Where questions about the data go; for the catalogue",
    )
    data_licence: HttpUrl | None = Field(
        default=None, description="Licence of the data by its address; the catalogue names none without it"
    )
    graph_url: str | None = Field(
        default=None, description="bolt:// or neo4j:// URL of the graph; default is the embedded engine"
    )
    graph_user: str = Field(default="neo4j", description="User name at the graph server")
    graph_password: SecretStr | None = Field(default=None, description="Password at the graph server")
    cypher: bool = Field(
        default=False, description="Whether whoever may sign in may ask the graph in Cypher (read-only)"
    )
    readings_url: SecretStr | None = Field(
        default=None,
        description="postgresql://[user:password@]host[:port]/database[?schema=kaksik] where readings lie;"
        " default is a file in `home`",
    )
    mqtt_url: SecretStr | None = Field(
        default=None, description="mqtt://[user:password@]host:port of the broker; default is no broker"
    )
    mqtt_root: str = Field(default="kaksik", description="First level of the topics that are listened to")
    mqtt_sensorthings: bool = Field(
        default=False, description="Whether Observations are published and taken on the topics of SensorThings too"
    )
    capture_file: Path | None = Field(
        default=None, description="File to which raw messages are added as they come (up to 1 GiB), to be replayed"
    )
    readings_by_devices_only: bool = Field(
        default=False, description="Whether readings by HTTP are taken from registered devices alone, signed in"
    )
    alarm_every_s: float = Field(default=1.0, ge=0.1, le=3600, description="Seconds between two looks at the rules")
    alarm_webhooks: dict[str, SecretStr] = Field(
        default={}, description="Addresses that are told of alarms, by name (JSON); nobody else can name one"
    )
    alarm_webhook_secret: SecretStr | None = Field(
        default=None, description="Signs those messages (Standard Webhooks, HMAC-SHA256)"
    )
    alarm_smtp_url: SecretStr | None = Field(
        default=None, description="smtp[s]://[user:password@]host:port for mail about alarms; default is no mail"
    )
    alarm_mail_from: str = Field(default="", description="Sender of mail about alarms")
    alarm_mail_to: tuple[str, ...] = Field(default=(), description="Who gets mail about alarms (JSON list)")
    commands: bool = Field(default=False, description="Whether setpoints may be written through this service")
    command_proposers: tuple[str, ...] = Field(
        default=(), description="Names in the token file that may propose commands (JSON list)"
    )
    command_confirmers: tuple[str, ...] = Field(
        default=(), description="Names that may confirm what somebody else proposed (JSON list)"
    )
    command_per_hour: int = Field(default=6, ge=1, le=3600, description="Most commands to one setpoint in an hour")
    archive_after_days: int = Field(
        default=0, ge=0, le=36_500, description="Days after which readings move to monthly files; 0 never moves any"
    )
    keep_readings_days: int = Field(
        default=0, ge=0, le=36_500, description="Days after which single readings end as hourly means; 0 keeps all"
    )
    upkeep_every_s: float = Field(
        default=3600.0, ge=1, le=86_400, description="Seconds between two looks at what is to be archived"
    )
    mqtt_authority: Path | None = Field(
        default=None, description="PEM file of who may sign the broker's certificate; default is the system's list"
    )
    mqtt_certificate: Path | None = Field(
        default=None, description="PEM file with the certificate and key that this service shows to the broker"
    )
    key_passphrase: SecretStr | None = Field(
        default=None,
        description="Opens the signing key, 12 characters or more; default is a random one kept beside the key",
    )
    log_origin: str = Field(
        default="kaksik.invalid/log", description="Name of the transparency log: its address without scheme"
    )
    log_policy_file: Path | None = Field(
        default=None, description="Witnesses of the log (C2SP tlog-policy); those with an address are asked"
    )
    log_timestamp_url: str | None = Field(
        default=None, description="Time-stamping service (RFC 3161) that stamps each checkpoint of the log"
    )
    pkcs11_module: Path | None = Field(
        default=None, description="PKCS#11 library whose token holds the key that issues states (extra `pkcs11`)"
    )
    pkcs11_token: str = Field(default="kaksik", description="Label of that token")
    pkcs11_key: str = Field(default="issuer", description="Label of the key pair in it")
    pkcs11_pin: SecretStr | None = Field(default=None, description="PIN of the token")
    signers_file: Path | None = Field(
        default=None, description="Who may sign in which role, a line each: `role identifier`; default is anyone"
    )
    trust_file: Path | None = Field(
        default=None, description="Trusted certificates (PEM) or trusted list (XML) for signed containers and files"
    )
    trust_operators: Path | None = Field(
        default=None, description="Certificates (PEM) of the operators who may sign that trusted list"
    )
    container_key: Path | None = Field(
        default=None, description="Key (encrypted PEM, P-256 or P-384) that signs containers"
    )
    container_passphrase: SecretStr | None = Field(default=None, description="Opens that key")
    container_certificate: Path | None = Field(
        default=None, description="Its certificate and that of the issuer (PEM, in this order)"
    )
    timestamp_url: str | None = Field(default=None, description="Time-stamping service (RFC 3161) for containers")
    ocsp_url: str | None = Field(default=None, description="OCSP responder for the certificate of containers")
    xroad_server: str | None = Field(
        default=None, description="Address of the X-Road Security Server whose headers are believed"
    )
    xroad_certificate: Path | None = Field(
        default=None, description="Certificate (PEM) of the Security Server; with it nobody else can connect"
    )
    tls_certificate: Path | None = Field(default=None, description="Certificate (PEM) with which to serve https")
    tls_key: Path | None = Field(default=None, description="Private key (PEM) of that certificate")
    max_upload_bytes: int = Field(
        default=100 * MIB, gt=0, description="Largest upload in bytes; ten times the largest common single model"
    )
    max_model_bytes: int = Field(
        default=4096 * MIB,
        gt=0,
        description="Largest file loaded from the disk in bytes; twice the largest model known",
    )
    read_timeout_s: float = Field(default=600.0, gt=0, description="Longest time for reading one file, in seconds")
    read_memory_bytes: int = Field(
        default=8 * 1024 * MIB, gt=0, description="Largest address space of a reading child process, in bytes"
    )
    climate_file: Path | None = Field(
        default=None, description="Weather year (EPW) of energy reports; default is a made-up one, not official"
    )
    climate_licence: str = Field(default="", max_length=200, description="Terms under which that year may be used")
    climate_official: bool = Field(default=False, description="Whether the operator vouches that the rules name it")
    gwp_factors: Path | None = Field(
        default=None,
        description="Emission factors of materials (CSV, JSON); default is an illustrative table, unverified",
    )
    city_energy_hour: int = Field(
        default=2, ge=-1, le=23, description="Hour (UTC) at which every building on the map is computed; -1 never"
    )
    poverty_k: int = Field(
        default=10, ge=5, le=10_000, description="Fewest households of a group in the layer of energy poverty"
    )
    open_data_k: int = Field(
        default=10, ge=5, le=10_000, description="Fewest meters or rooms in a row of open data on readings"
    )
    open_data_noise: float = Field(
        default=1.0, ge=0.1, le=100, description="Scale of its noise, times the most that one meter or room counts"
    )
    job_workers: int = Field(default=2, ge=1, le=64, description="Jobs that run at the same time")
