"""Apache Kafka 4.1 on this machine: the jars from Maven Central, Java 17, no container.

Ready in 3 to 4 s, 330 MB. What matters to those who use it with aiokafka 0.14: `create_topics` refuses
unknown or malformed settings (error code 40); `alter_configs` *replaces*, so that settings which are not
named fall back to their defaults; a topic that does not exist is error 3 in `describe_topics`, and a
producer or consumer of it logs and waits for ever; a session timeout is at least 6 s.
"""

from __future__ import annotations

import base64
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, ClassVar

from pipeline.engines.base import HOST, POLL_S, Engine, log
from pipeline.errors import Stop

if TYPE_CHECKING:
    from pipeline.engines.guarded import Guarded

VERSION = "4.1.0"
JAVA = 17
HERE = Path(__file__).parent
HEAP = "-Xmx512m"
QUIET = "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"


class Apache(Engine):
    """One broker that is its own controller (KRaft), set up by `server.properties` beside this module.

    Its data lie in the temporary folder and go with it; in `data`, if given, they stay, and a later engine
    on the same folder has them again, on whatever port.
    """

    name: ClassVar[str] = "kafka"

    def __init__(self, *, port: int = 0, data: Path | None = None) -> None:
        super().__init__(port=port)
        self._data = data.absolute() if data else None

    def _prepare(self, guarded: Guarded, ports: tuple[int, int]) -> tuple[str, list[str]]:
        reason = missing()
        if reason:
            raise Stop(reason)
        java = [_java(), HEAP, QUIET, "-cp", f"{_jars(guarded)}/*"]
        data = self._data or guarded.folder / "data"
        properties = guarded.folder / "server.properties"
        template = Template((HERE / "server.properties").read_text(encoding="utf-8"))
        properties.write_text(
            template.substitute(host=HOST, port=ports[0], controller_port=ports[1], data=data), encoding="utf-8"
        )
        cluster = _cluster_of(data)
        if cluster is None:
            cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
            options = ["--standalone", f"--cluster-id={cluster}", f"--config={properties}"]
            tool = [*java, "kafka.tools.StorageTool", "format", *options]
            _finish(guarded, tool, "Kafka's storage was not made")
        return cluster, [*java, "kafka.Kafka", str(properties)]


def missing() -> str | None:
    """Why Apache Kafka cannot run here, and how to mend it; None if it can.

    Maven is needed once, to fetch the jars.
    """
    version = _java_version(_java())
    if version is None:
        return f"Apache Kafka needs Java {JAVA} or later, and `java` is not to be found. {_how_to_get()}"
    if version < JAVA:
        return f"Apache Kafka needs Java {JAVA} or later, and `java` here is {version}. {_how_to_get()}"
    if not home().is_dir() and shutil.which("mvn") is None:
        return f"Apache Kafka's jars are fetched by Maven, and `mvn` is not to be found. {_how_to_get()}"
    return None


def home() -> Path:
    """Where the jars are, or will be: in the virtual environment, as everything else."""
    return Path(sys.prefix) / "share" / "khabar" / f"kafka-{VERSION}"


def _how_to_get() -> str:
    return (
        "Get both with `apt install openjdk-17-jre-headless maven`, `dnf install java-17-openjdk-headless maven` "
        "or `brew install openjdk@17 maven`; JAVA_HOME is honoured."
    )


def _java() -> str:
    root = os.environ.get("JAVA_HOME")
    return str(Path(root) / "bin" / "java") if root else "java"


def _java_version(java: str) -> int | None:
    """The major version, None if there is no Java (macOS has a `java` that only says so)."""
    try:
        done = subprocess.run([java, "-version"], capture_output=True, text=True, check=False, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r'version "(?:1\.)?(\d+)', done.stderr)
    return int(found[1]) if found and done.returncode == 0 else None


def _jars(guarded: Guarded) -> Path:
    """The folder of jars; fetched when it is not there, and never seen half full."""
    target = home()
    if target.is_dir():
        return target
    log.info("fetching Apache Kafka %s (43 MB, once)", VERSION)
    fetched = guarded.folder / "jars"
    maven = ["mvn", "--quiet", "--batch-mode", "-Dstyle.color=never", f"--file={HERE / 'pom.xml'}"]
    goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={fetched}"]
    _finish(guarded, [*maven, *goal], f"Maven could not fetch Apache Kafka {VERSION}")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".fetched-") as beside:
        complete = Path(shutil.copytree(fetched, Path(beside) / VERSION))
        try:
            complete.rename(target)
        except OSError:  # somebody else was quicker
            if not target.is_dir():
                raise
    return target


def _cluster_of(data: Path) -> str | None:
    """The id that an earlier engine gave to this data folder."""
    properties = data / "meta.properties"
    if not properties.is_file():
        return None
    found = re.search(r"^cluster\.id=(.+)$", properties.read_text(encoding="utf-8"), re.MULTILINE)
    return found[1] if found else None


def _finish(guarded: Guarded, command: list[str], complaint: str) -> None:
    """Run `command` to its end.

    Raises:
        Stop: it failed.
    """
    guarded.run(command)
    while (status := guarded.status()) is None:
        time.sleep(POLL_S)
    if status:
        raise Stop(f"{complaint} (exit status {status}):\n{guarded.tail()}")
