"""Three brokers of Apache Kafka with three copies of everything, each of which can be killed and started."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from pipeline.engines.apache import HEAP, QUIET, _finish, _jars, _java
from pipeline.engines.base import HOST, free_ports
from pipeline.engines.guarded import Guarded

BROKERS = 3
CLUSTER = "a2hhYmFyLXRlc3QtMDAwMQ"

PROPERTIES = """
process.roles=broker,controller
node.id={node}
controller.quorum.voters={voters}
listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller}
advertised.listeners=PLAINTEXT://{host}:{port}
controller.listener.names=CONTROLLER
log.dirs={folder}/data
offsets.topic.replication.factor=3
offsets.topic.num.partitions=3
transaction.state.log.replication.factor=3
transaction.state.log.min.isr=2
share.coordinator.state.topic.replication.factor=3
share.coordinator.state.topic.min.isr=2
min.insync.replicas=2
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
auto.create.topics.enable=false
"""


@dataclass(slots=True)
class Node:
    """One broker: its guard, its command and its port."""

    guarded: Guarded
    port: int
    command: list[str] = field(default_factory=list)

    def start(self) -> None:
        self.guarded.run(self.command)

    def kill(self) -> None:
        self.guarded.kill()

    def alive(self) -> bool:
        return self.guarded.status() is None


class Cluster:
    """The three; `bootstrap_servers` names them all."""

    def __init__(self, nodes: list[Node]) -> None:
        self.nodes = nodes

    @property
    def bootstrap_servers(self) -> str:
        return ",".join(f"{HOST}:{node.port}" for node in self.nodes)


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Three brokers that run. Whether they answer is for the first client to find out."""
    with ExitStack() as stack:
        nodes, controllers = [], []
        for _ in range(BROKERS):
            guarded = Guarded()
            stack.callback(guarded.close)
            port, controller = free_ports()
            nodes.append(Node(guarded, port))
            controllers.append(controller)
        voters = ",".join(f"{number}@{HOST}:{port}" for number, port in enumerate(controllers, start=1))
        for number, (node, controller) in enumerate(zip(nodes, controllers, strict=True), start=1):
            folder = node.guarded.folder
            properties = folder / "server.properties"
            properties.write_text(
                PROPERTIES.format(
                    node=number, voters=voters, host=HOST, port=node.port, controller=controller, folder=folder
                ),
                encoding="utf-8",
            )
            java = [_java(), HEAP, QUIET, "-cp", f"{_jars(node.guarded)}/*"]
            tool = [
                *java,
                "kafka.tools.StorageTool",
                "format",
                f"--cluster-id={CLUSTER}",
                f"--config={properties}",
            ]
            _finish(node.guarded, tool, "Kafka's storage was not made")
            node.command = [*java, "kafka.Kafka", str(properties)]
        for node in nodes:
            node.start()
        yield Cluster(nodes)
