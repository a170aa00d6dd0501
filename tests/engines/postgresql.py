"""A PostgreSQL server on loopback, in a folder of its own."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.engines.ray_nodes import free_port


class PostgreSQL:
    """The server, which can be stopped and started."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self._folder = Path(tempfile.mkdtemp(prefix="postgresql-", dir="/tmp"))
        self._port = free_port()

    @classmethod
    def find(cls) -> "PostgreSQL | None":
        """Return a server of the newest version installed, or None."""
        versions = Path("/usr/lib/postgresql")  # Debian's place, which is not in PATH
        newest = sorted(versions.glob("*/bin/initdb"), key=lambda file: int(file.parts[-3]))
        found = str(newest[-1]) if newest else shutil.which("initdb")
        return cls(Path(found).resolve().parent) if found else None

    @property
    def url(self) -> str:
        """Where a study is kept in it."""
        return f"postgresql+psycopg://segsweep@127.0.0.1:{self._port}/postgres"

    def create(self) -> None:
        """Make the database and start the server."""
        if os.geteuid() == 0:
            shutil.chown(self._folder, "postgres")
        self._run("initdb", "--username=segsweep", "--auth=trust", "--no-sync", f"--pgdata={self._folder / 'data'}")
        self.start()

    def start(self) -> None:
        """Start the server, and wait for it."""
        settings = f"-p {self._port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self._folder}"
        self._control("start", "--options", f"{settings} -c fsync=off", "--log", str(self._folder / "log.txt"))

    def stop(self) -> None:
        """Stop the server at once; open connections break."""
        self._control("stop", "--mode=fast")

    def remove(self) -> None:
        """Stop the server if it runs, and remove its folder."""
        if (self._folder / "data" / "postmaster.pid").exists():
            self.stop()
        shutil.rmtree(self._folder)

    def _control(self, *words: str) -> None:
        self._run("pg_ctl", "--wait", f"--pgdata={self._folder / 'data'}", *words)

    def _run(self, program: str, *words: str) -> None:
        as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []  # it refuses to run as root
        subprocess.run(
            [*as_user, str(self._programs / program), *words], cwd=self._folder, check=True, stdout=subprocess.DEVNULL
        )
