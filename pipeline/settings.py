"""The settings: environment variables that begin with `KHABAR_`, read once, checked at start."""

from __future__ import annotations

import os
from typing import Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from pipeline.errors import Stop

PREFIX = "KHABAR_"


class Settings(BaseSettings):
    """Everything that can be set. Kafka's own settings keep Kafka's names."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    kafka_bootstrap_servers: str = Field(
        "localhost:9092",
        description="host:port, comma-separated",
    )
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        "PLAINTEXT", description="or SSL, SASL_PLAINTEXT, SASL_SSL"
    )
    kafka_sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] | None = Field(
        None, description="PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512"
    )
    kafka_sasl_username: str | None = None
    kafka_sasl_password: SecretStr | None = None
    kafka_ssl_ca_location: str | None = Field(None, description="path of the CA certificate, PEM")
    kafka_connect_timeout_seconds: float = Field(
        15, gt=0, le=15, description="how long to look for a broker before giving up with a message"
    )
    kafka_session_timeout_seconds: float = Field(
        8, ge=2, le=300, description="silence after which a worker's partitions go to others"
    )
    kafka_request_timeout_seconds: float = Field(20, gt=0, description="how long a produce may take")

    kafka_group_instance_id: str | None = Field(
        None, pattern=r"^[A-Za-z0-9._-]{1,200}$",
        description="a name of its own for each worker, kept over restarts: a rolling restart then moves nothing",
    )  # fmt: skip

    topic_prefix: str = Field(
        "", pattern=r"^[A-Za-z0-9._-]{0,100}$", description="lets several pipelines share a broker"
    )
    partitions: int = Field(
        8, ge=1, le=1000, description="of every topic but the ordered one: the most workers of a stage"
    )
    replication: int = Field(1, ge=1, le=7, description="copies of every topic; 3 in production")
    retention_hours: float = Field(7 * 24, gt=0, description="of all topics but enriched and dead-letter")

    article_limit_bytes: int = Field(512 * 1024, ge=1024, le=2 * 1024 * 1024, description="JSON of one article")
    duplicates_window_hours: float = Field(72, gt=0, description="how long an article can have duplicates")
    duplicates_limit: int = Field(
        3_000_000, ge=1000, description="the most articles that are remembered, the oldest go first; 2.6 KB each"
    )
    duplicates_near: float = Field(0.5, ge=0.3, le=1, description="Jaccard similarity of word 3-shingles")
    duplicates_contained: float = Field(0.8, ge=0.6, le=1, description="share of its shingles in a longer one")
    duplicates_contained_words: int = Field(30, ge=20, description="what an article needs to be contained")
    duplicates_least_words: int = Field(12, ge=4, description="shorter ones are compared for equality only")

    batch_articles: int = Field(32, ge=1, le=1000, description="the most that a stage takes at once")
    batch_wait_seconds: float = Field(0.1, ge=0, le=5, description="how long a batch waits to fill")

    tagging_timeout_seconds: float = Field(
        60, gt=0, description="for one batch; then its child process is replaced"
    )
    tagging_threads: int = Field(0, ge=0, le=256, description="0: as many as there are cores")
    tagging_precision: Literal["auto", "f32", "bf16"] = Field(
        "auto", description="auto follows the CPU; f32 where unlike CPUs must agree to the byte"
    )

    entity_model: str = Field(
        "shipped", description="or a Hugging Face token-classification model, by name or path"
    )
    entity_labels: str = Field("", description="what its labels are, where unclear: `COMPANY=ORG,DATE=none`")

    breaker_articles: int = Field(
        200, ge=10, le=100_000, description="so many last inputs of a stage the breaker looks at"
    )
    breaker_share: float = Field(
        0.5, gt=0, le=1, description="if that share of them would be dead letters, the worker stops with status 3"
    )

    health_port: int = Field(0, ge=0, lt=65536, description="of /live, /ready and /metrics; 0: none")
    failpoints: str = Field("", description="module:function that arms faults; for tests of delivery only")

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["auto", "console", "json"] = Field(
        "auto", description="auto: console on a terminal, else JSON"
    )

    @field_validator("kafka_bootstrap_servers")
    @classmethod
    def _addresses(cls, value: str) -> str:
        for address in value.split(","):
            host, _, port = address.strip().rpartition(":")
            if not host or "/" in host or not port.isdecimal() or not 0 < int(port) < 65536:
                raise ValueError(f"{address.strip()!r} is no host:port")
        return value

    @model_validator(mode="after")
    def _contradictions(self) -> Self:
        protocol = f"KHABAR_KAFKA_SECURITY_PROTOCOL is {self.kafka_security_protocol}"
        credentials = (self.kafka_sasl_mechanism, self.kafka_sasl_username, self.kafka_sasl_password)
        sasl = self.kafka_security_protocol.startswith("SASL_")
        if sasl and not all(credentials):
            raise ValueError(f"{protocol}, which needs KHABAR_KAFKA_SASL_MECHANISM, _USERNAME and _PASSWORD")
        if not sasl and any(credentials):
            raise ValueError(f"KHABAR_KAFKA_SASL_* is set, but {protocol}")
        if self.kafka_ssl_ca_location and not self.kafka_security_protocol.endswith("SSL"):
            raise ValueError(f"KHABAR_KAFKA_SSL_CA_LOCATION is set, but {protocol}")
        if self.duplicates_window_hours > self.retention_hours:
            raise ValueError(
                f"KHABAR_DUPLICATES_WINDOW_HOURS ({self.duplicates_window_hours:g}) is longer than "
                f"KHABAR_RETENTION_HOURS ({self.retention_hours:g}): a replay would find less than it must compare"
            )
        return self


def load() -> Settings:
    """The settings in force.

    Raises:
        Stop: a `KHABAR_` variable is unknown, malformed or contradicts another; all faults are named.
    """
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    unknown = sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)
    if unknown:
        raise Stop(f"unknown setting: {', '.join(unknown)} (`khabar settings` lists them all)")
    try:
        return Settings()
    except ValidationError as error:
        faults = (
            f"{PREFIX}{str(fault['loc'][0]).upper()}: {fault['msg']}" if fault["loc"] else fault["msg"]
            for fault in error.errors()
        )
        raise Stop("; ".join(fault.replace("Value error, ", "") for fault in faults)) from None


def sources() -> dict[str, Literal["default", "environment"]]:
    """Where each setting's value comes from."""
    return {
        name: "environment" if PREFIX + name.upper() in os.environ else "default" for name in Settings.model_fields
    }
