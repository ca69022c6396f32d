"""Settings: typed, from the environment, and wrong ones are an error at start that names them."""

from __future__ import annotations

import pytest

from pipeline.errors import Stop
from pipeline.settings import load, sources
from pipeline.topics import ALL, ARABIC, DEAD_LETTER, ENRICHED, RAW, VERDICTS


def test_environment_overrides_defaults_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KHABAR_PARTITIONS", "3")
    assert load().partitions == 3
    assert sources()["partitions"] == "environment"
    assert sources()["replication"] == "default"


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"KHABAR_PARTITION": "3"}, "unknown setting: KHABAR_PARTITION"),
        ({"KHABAR_PARTITIONS": "many"}, "KHABAR_PARTITIONS"),
        ({"KHABAR_PARTITIONS": "0"}, "KHABAR_PARTITIONS"),
        ({"KHABAR_TOPIC_PREFIX": "a/b"}, "KHABAR_TOPIC_PREFIX"),
        ({"KHABAR_KAFKA_BOOTSTRAP_SERVERS": "host:port"}, "KHABAR_KAFKA_BOOTSTRAP_SERVERS"),
        ({"KHABAR_KAFKA_BOOTSTRAP_SERVERS": ""}, "KHABAR_KAFKA_BOOTSTRAP_SERVERS"),
        ({"KHABAR_KAFKA_BOOTSTRAP_SERVERS": "a:9092,b:99999"}, "'b:99999' is no host:port"),
        ({"KHABAR_KAFKA_BOOTSTRAP_SERVERS": "kafka://a:9092"}, "is no host:port"),
        ({"KHABAR_KAFKA_SECURITY_PROTOCOL": "SASL_SSL"}, "KHABAR_KAFKA_SASL_MECHANISM"),
        ({"KHABAR_KAFKA_SASL_MECHANISM": "PLAIN"}, "KHABAR_KAFKA_SECURITY_PROTOCOL is PLAINTEXT"),
        ({"KHABAR_KAFKA_SSL_CA_LOCATION": "/ca.pem"}, "KHABAR_KAFKA_SSL_CA_LOCATION is set"),
        ({"KHABAR_DUPLICATES_WINDOW_HOURS": "1000"}, "KHABAR_RETENTION_HOURS"),
    ],
)
def test_wrong_settings_are_named(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], message: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(Stop, match=message):
        load()


def test_topics_are_as_the_design_says() -> None:
    settings = load()
    assert len({topic.name for topic in ALL}) == len(ALL)
    assert ARABIC.partition_count(settings) == VERDICTS.partition_count(settings) == 1
    assert RAW.partition_count(settings) == settings.partitions
    assert ENRICHED.configuration(settings)["cleanup.policy"] == "compact"
    assert DEAD_LETTER.max_bytes > max(topic.max_bytes for topic in ALL if topic is not DEAD_LETTER)
    window = int(VERDICTS.configuration(settings)["retention.ms"])
    assert window > settings.duplicates_window_hours * 3_600_000


def test_the_prefix_lets_pipelines_share_a_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KHABAR_TOPIC_PREFIX", "desk-")
    assert RAW.full_name(load()) == "desk-news.raw"
