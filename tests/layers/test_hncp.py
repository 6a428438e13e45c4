"""HNCP: the text of Debian's tcpdump, an end to nesting, and the attributes."""

from __future__ import annotations

from pathlib import Path

import hncp_traffic as traffic
import pytest
from test_against_tcpdump import compare, write
from test_against_tcpdump import pytestmark as with_tcpdump
from test_transport import text_of

import fyke
from fyke.layers.application.hncp import Hncp


@with_tcpdump
@pytest.mark.parametrize("options", ["", "-v", "-vv", "-vvv"])
def test_same_text(tmp_path: Path, options: str) -> None:
    compare(write(tmp_path / "hncp.pcap", traffic.alike()), f"-n {options}")


def test_nesting_ends() -> None:
    text = text_of(traffic.hncp(traffic.nested(80)), verbose=3)
    assert text.endswith(b"External-Connection (68) [too many levels]")
    assert text.count(b"\n") == 64


@pytest.mark.parametrize(("tlvs", "end"), [
    ([traffic.TLVS[0], b"\0\1\0"], b"\n\tRequest network state (4)\n\t [|hncp]"),
    ([traffic.TLVS[0], b"\0\1\0\x09abcd"], b"\n\tRequest network state (4)\n\t [|hncp]"),
])
def test_cut(tlvs: list[bytes], end: bytes) -> None:
    assert text_of(traffic.hncp(*tlvs), verbose=3).endswith(end)


def test_fields() -> None:
    hncp = fyke.Packet(traffic.hncp(traffic.ENDPOINT, traffic.TLVS[0], traffic.TLVS[3]))[Hncp]
    assert (hncp.node, hncp.endpoint) == (0x01020304, 9)
    assert [(one.kind, one.value) for one in hncp.tlvs[1:]] == [
        (1, b""), (4, int.from_bytes(traffic.HASH, "big"))]
    assert fyke.Packet(traffic.hncp(traffic.TLVS[0]))[Hncp].node is None
