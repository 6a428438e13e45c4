"""The commands about filters: fyke filter, why and same."""

from __future__ import annotations

import struct

import pytest

from fyke.cli.main import main

PCAP = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1)
ARP = bytes(12) + b"\x08\x06" + bytes(28)
IP = bytes(12) + b"\x08\x00" + b"\x45" + bytes(19)


@pytest.fixture
def capture(tmp_path):  # type: ignore[no-untyped-def]
    records = [struct.pack("<IIII", 0, 0, len(p), len(p)) + p for p in (ARP, IP)]
    path = tmp_path / "two.pcap"
    path.write_bytes(PCAP + b"".join(records))
    return str(path)


def run(capsys, *arguments: str) -> tuple[int, str, str]:  # type: ignore[no-untyped-def]
    status = main(list(arguments))
    out, err = capsys.readouterr()
    return status, out, err


def test_filter_annotates(capsys) -> None:  # type: ignore[no-untyped-def]
    status, out, _ = run(capsys, "filter", "arp")
    assert status == 0
    first, second, *_ = out.splitlines()
    assert first.split() == ["(000)", "ldh", "[12]", "ether.type", "`arp`"]
    assert "ether.type = 0x0806 (ARP)?  yes: accept, no: drop" in second


@pytest.mark.parametrize(("form", "start"), [
    ("tcpdump", "(000) ldh      [12]\n"), ("c", "{ 0x28, 0, 0, 0x0000000c },\n"),
    ("decimal", "4\n40 0 0 12\n"), ("json", "{\n"), ("dot", "digraph filter {\n"),
    ("svg", "<svg "), ("asm", "")])
def test_filter_formats(capsys, form: str, start: str) -> None:  # type: ignore[no-untyped-def]
    status, out, _ = run(capsys, "filter", "--format", form, "arp")
    assert status == 0
    assert out.startswith(start)
    assert out.endswith("\n")


def test_filter_takes_a_program(capsys, tmp_path) -> None:  # type: ignore[no-untyped-def]
    pytest.importorskip("fyke.bpf.assembler")
    path = tmp_path / "program"
    path.write_text(run(capsys, "filter", "--format", "decimal", "port", "53")[1])
    status, out, _ = run(capsys, "filter", "--program", str(path))
    assert status == 0
    assert out.startswith("It means the same as: port 53\n")


def test_filter_points_at_the_fault(capsys) -> None:  # type: ignore[no-untyped-def]
    status, _, err = run(capsys, "filter", "hots", "1.2.3.4")
    assert status == 1
    assert "did you mean 'host'?" in err
    assert err.endswith("hots 1.2.3.4\n^^^^\n")


def test_why(capsys, capture: str) -> None:  # type: ignore[no-untyped-def]
    status, out, _ = run(capsys, "why", "-r", capture, "arp")
    assert status == 0
    assert out == ("     1  yes: `arp`: ether.type is 0x0806 (ARP)\n"
                   "     2  no: `arp`: ether.type is 0x0800 (IPv4)\n"
                   "1 of 2 packets match\n")


def test_why_with_steps_and_count(capsys, capture: str) -> None:  # type: ignore[no-untyped-def]
    status, out, _ = run(capsys, "why", "-r", capture, "-c", "1", "--steps", "udp")
    assert status == 1
    assert "        (000) ldh      [12]" in out
    assert out.endswith("0 of 1 packets match\n")


def test_same(capsys) -> None:  # type: ignore[no-untyped-def]
    assert run(capsys, "same", "port 80", "src port 80 or dst port 80")[:2] == (0, "same\n")


def test_not_the_same(capsys, tmp_path) -> None:  # type: ignore[no-untyped-def]
    pytest.importorskip("z3", reason="z3-solver is not installed")
    path = tmp_path / "packet.pcap"
    status, out, _ = run(capsys, "same", "tcp", "ip proto 6", "-w", str(path))
    assert status == 1
    assert out.startswith("A accepts, B refuses a shortest packet of 21 octets:\n  00 00 ")
    assert "A does not imply B\nB implies A: " in out
    assert run(capsys, "why", "-r", str(path), "tcp")[0] == 0
    assert run(capsys, "why", "-r", str(path), "ip proto 6")[0] == 1
