"""Every capture that the tests have, as paths: the repository's, and the peers' where they are."""

from __future__ import annotations

import os
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

import fyke

HERE = Path(__file__).resolve().parent
PEERS = Path(os.environ.get("FYKE_PEERS") or HERE.parent.parent / "shared" / "peers")
#: Some of every protocol.
PROTOCOLS = HERE.parent / "benchmarks" / "protocols.pcap"
MOST = 300  # packets of one capture
SHARKS_OWN = 400  # no link type from here on; in tshark numbers of its own begin


def paths() -> list[Path]:
    """Captures: pcap and pcapng, whole ones and torn ones."""
    found = [PROTOCOLS, *(HERE / "corpus" / "files").iterdir()]
    if PEERS.is_dir():
        found += [path for path in PEERS.glob("*/inputs/**/*") if path.is_file()]
    return sorted(path for path in found if path.is_file())


def joined(captures: Iterable[Path], path: Path) -> None:
    """The first packets of each in one pcapng file, as tshark starts slowly."""
    with fyke.write(path) as out:
        for name in captures:
            try:
                for packet in islice(fyke.read(name), MOST):
                    if packet.link_type.number < SHARKS_OWN:
                        # without the blocks beside it, some of which tshark counts as packets
                        out.add(fyke.Packet(packet.data, link_type=packet.link_type,
                                            wire_length=packet.wire_length, time=packet.time))
            except fyke.FykeError:
                continue  # no capture, or torn
