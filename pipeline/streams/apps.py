"""The Faust app of a stage: every setting answers something that Faust 0.15.3 does by default."""

from __future__ import annotations

from typing import Any

import faust
from faust.app.base import BootStrategy

from pipeline.kafka.connection import tls
from pipeline.settings import Settings
from pipeline.stages.stage import Stage
from pipeline.topics import MAX_DEAD_LETTER_BYTES


class ConsumerOnly(BootStrategy):  # type: ignore[misc]
    """Faust consumes; the worker's one producer sends, and its sends can be awaited and bounded."""

    enable_kafka_producer = False


class StageApp(faust.App):  # type: ignore[misc]
    """A Faust app that consumes, and leaves nothing on the disk."""

    BootStrategy = ConsumerOnly

    def _create_directories(self) -> None:
        """Faust would make a folder for tables, which we have none of, in the current directory."""


def group(settings: Settings, stage: Stage) -> str:
    """The consumer group of a stage."""
    return f"{settings.topic_prefix}khabar-{stage.name}"


def stage_app(stage: Stage, settings: Settings) -> StageApp:
    """An app, and so a consumer group, for one stage."""
    session = settings.kafka_session_timeout_seconds
    return StageApp(
        group(settings, stage),
        broker=[f"kafka://{server.strip()}" for server in settings.kafka_bootstrap_servers.split(",")],
        broker_credentials=_credentials(settings),
        # A killed worker's partitions go to others after this; the default is 60 s.
        broker_session_timeout=session,
        broker_heartbeat_interval=session / 5,
        broker_request_timeout=max(2 * session, settings.kafka_request_timeout_seconds),
        # A static member that is back within the session timeout has its partitions again, and nobody else stops.
        consumer_group_instance_id=settings.kafka_group_instance_id,
        consumer_auto_offset_reset="earliest",
        consumer_max_fetch_size=MAX_DEAD_LETTER_BYTES,
        # We commit after each batch; the timer is for what we do not acknowledge ourselves: nothing.
        broker_commit_interval=60.0,
        # Whole articles wait here: two batches, not 4,096.
        stream_buffer_maxsize=2 * settings.batch_articles,
        broker_max_poll_records=settings.batch_articles,
        # `wait_empty` is unbounded and deadlocks with a batch that stops its own app.
        stream_wait_empty=False,
        stream_recovery_delay=0.0,
        # `khabar topics` makes the topics; Faust would add a leader topic a stage.
        topic_disable_leader=True,
        topic_allow_declare=False,
        table_standby_replicas=0,
        store="memory://",
        web_enabled=False,
        logging_config=None,
    )


def _credentials(settings: Settings) -> Any:
    tls_context = tls(settings) if settings.kafka_security_protocol.endswith("SSL") else None
    if settings.kafka_sasl_mechanism and settings.kafka_sasl_password:
        return faust.SASLCredentials(
            username=settings.kafka_sasl_username,
            password=settings.kafka_sasl_password.get_secret_value(),
            mechanism=settings.kafka_sasl_mechanism,
            ssl_context=tls_context,
        )
    return faust.SSLCredentials(context=tls_context) if tls_context else None
