"""Every capture that the tests have, as paths: the repository's, and the peers' where they are."""

from __future__ import annotations

import os
from pathlib import Path

HERE = Path(__file__).resolve().parent
PEERS = Path(os.environ.get("FYKE_PEERS") or HERE.parent.parent / "shared" / "peers")
#: Some of every protocol.
PROTOCOLS = HERE.parent / "benchmarks" / "protocols.pcap"


def paths() -> list[Path]:
    """Captures: pcap and pcapng, whole ones and torn ones."""
    found = [PROTOCOLS, *(HERE / "corpus" / "files").iterdir()]
    if PEERS.is_dir():
        found += [path for path in PEERS.glob("*/inputs/**/*") if path.is_file()]
    return sorted(path for path in found if path.is_file())
