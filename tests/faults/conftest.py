"""The faults run on Apache Kafka alone; where it cannot run they are reported as not run, as in tests/kafka."""

from __future__ import annotations

from tests.kafka.conftest import kafka_here, pytest_terminal_summary

__all__ = ["kafka_here", "pytest_terminal_summary"]
