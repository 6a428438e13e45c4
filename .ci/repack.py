"""Makes a source distribution's bytes depend on its content alone: order, times, owners.

    python .ci/repack.py dist/fyke-0.1.0.tar.gz
"""

from __future__ import annotations

import gzip
import io
import os
import subprocess
import sys
import tarfile
from pathlib import Path


def epoch() -> int:
    """SOURCE_DATE_EPOCH, else the time of the last commit."""
    told = os.environ.get("SOURCE_DATE_EPOCH") or subprocess.run(
        ["git", "log", "-1", "--format=%ct"], capture_output=True, text=True, check=False
    ).stdout.strip()
    return int(told or 315532800)  # 1980, where there is no repository: the first time of ZIP


def repack(path: Path, time: int) -> None:
    """Write the archive again."""
    packed = io.BytesIO()
    with tarfile.open(path) as old, tarfile.open(fileobj=packed, mode="w",
                                                 format=tarfile.PAX_FORMAT) as new:
        for member in sorted(old.getmembers(), key=lambda one: one.name):
            member.mtime, member.uid, member.gid = time, 0, 0
            member.uname = member.gname = ""
            member.pax_headers = {}
            member.mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
            new.addfile(member, old.extractfile(member) if member.isfile() else None)
    with open(path, "wb") as file, gzip.GzipFile(filename="", mode="wb", fileobj=file,
                                                 mtime=time) as out:
        out.write(packed.getvalue())


if __name__ == "__main__":
    for name in sys.argv[1:]:
        repack(Path(name), epoch())
