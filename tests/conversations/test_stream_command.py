"""fyke stream: the list, one stream in each form, files, and what is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from talk import ACK, Talk, save, udp

import fyke
from fyke.cli.main import main

ESCAPE = b"\x1b[2J\xe2\x80\xae\r\nplain \xc3\xa9\xff"


def frames() -> list[bytes]:
    talk = Talk()
    talk.say("client", b"GET /" + b"\x1b]0;" + b" HTTP/1.1\r\nHost: x\r\n\r\n")
    talk.say("server", ESCAPE)
    talk.next["client"] += 50
    talk.say("client", b"end")
    talk.say("server", b"")
    talk.end()
    return [udp(("10.0.0.9", 7), ("10.0.0.8", 9), b"first"), *talk.frames]


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(save(tmp_path / "in.pcap", frames()))


def test_the_list(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["stream", path]) == 0
    head, first, second = capsys.readouterr().out.splitlines()
    assert head.split()[:3] == ["stream", "client", "server"]
    assert first.split()[:7] == ["udp:0", "10.0.0.9:7", "10.0.0.8:9", "0.000000", "1", "5", "0"]
    assert second.split()[:3] == ["tcp:0", "10.0.0.1:40000", "10.0.0.2:80"]
    assert second.split()[7] == "50" and second.isprintable() and "HTTP" in second
    main(["stream", path, "--tcp", "--json"])
    told, = map(json.loads, capsys.readouterr().out.splitlines())
    assert told["number"] == 0 and told["gaps"] == [
        {"side": "client", "offset": 31, "length": 50}] and told["client"] == "10.0.0.1:40000"


def test_text(path: str, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["stream", path, "0"]) == 0
    assert capfdbinary.readouterr().out.decode().splitlines() == [
        ">>> 10.0.0.1:40000  0.003000 s", r"GET /\x1b]0; HTTP/1.1", "Host: x", "",
        "<<< 10.0.0.2:80  0.004000 s", r"\x1b[2J\u202e", r"plain é\xff",
        ">>> 10.0.0.1:40000  0.005000 s", "[50 bytes missing]", "end"]
    main(["stream", path, "tcp:0", "--server", "--colour", "always"])
    assert b"\x1b[34m\\x1b[2J" in capfdbinary.readouterr().out


def test_hex_and_raw(path: str, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["stream", path, "0", "--hex", "--client"]) == 0
    rows = capfdbinary.readouterr().out.splitlines()
    assert rows[1] == (b"00000000  47 45 54 20 2f 1b 5d 30  3b 20 48 54 54 50 2f 31  "
                       b"GET /.]0; HTTP/1")
    assert rows[-1].startswith(b"00000051  65 6e 64") and rows[-1].endswith(b"end")
    assert main(["stream", path, "0", "--raw", "--server"]) == 0
    assert capfdbinary.readouterr().out == ESCAPE
    assert main(["stream", path, "udp:0", "--raw"]) == 0
    assert capfdbinary.readouterr().out == b"first"


def test_into_files(path: str, tmp_path: Path) -> None:
    assert main(["stream", path, "0", "-w", str(tmp_path / "out.bin"), "--server"]) == 0
    assert (tmp_path / "out.bin").read_bytes() == ESCAPE
    assert main(["stream", path, "0", "-w", str(tmp_path / "out.txt"), "--text"]) == 0
    assert (tmp_path / "out.txt").read_text().startswith(">>> 10.0.0.1:40000")
    for name in ("out.pcap", "out.pcapng", "out.pcap.gz", "OUT.CAP"):
        assert main(["stream", path, "tcp:0", "-w", str(tmp_path / name)]) == 0
        assert [bytes(one) for one in fyke.read(tmp_path / name)] == frames()[1:]


def test_a_number_alone_is_udp_where_there_is_no_tcp(
        tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    path = str(save(tmp_path / "udp.pcap", frames()[:1]))
    assert main(["stream", path, "0", "--raw"]) == 0
    assert capfdbinary.readouterr().out == b"first"


@pytest.mark.parametrize("words, line", (
    (["5"], "there is no TCP stream 5; it has 1 (1 of UDP: udp:0 is the first)"),
    (["udp:1"], "there is no UDP stream 1; it has 1 (1 of TCP: tcp:0 is the first)"),
    (["x"], "'x' is no stream; write 3, tcp:3 or udp:3"),
    (["-1x"], ""), (["tcp:"], "'tcp:' is no stream"), (["²"], "'²' is no stream"),
    (["udp:0", "--tcp"], "udp:0 is not of TCP"), (["--raw"], "nothing to show without the number"),
    (["0", "--memory", "1"], "--memory takes 64k or more")))
def test_what_is_refused(path: str, words: list[str], line: str,
                         capsys: pytest.CaptureFixture[str]) -> None:
    try:
        assert main(["stream", path, *words]) == 1
    except SystemExit as error:
        assert error.code == 2
    told = capsys.readouterr().err
    assert line in told and told.count("\n") == 1


def test_a_damaged_file_gives_what_is_whole(tmp_path: Path,
                                            capsys: pytest.CaptureFixture[str]) -> None:
    path = save(tmp_path / "in.pcap", frames())
    path.write_bytes(path.read_bytes()[:-5])
    assert main(["stream", str(path)]) == 1
    told = capsys.readouterr()
    assert "tcp:0" in told.out and told.err.startswith("fyke stream: ")
    assert main(["stream", str(path), "0"]) == 1


def test_full_memory_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = save(tmp_path / "many.pcap", [
        frame for n in range(200) for frame in Talk(client=("10.1.0.1", n + 1)).frames])
    assert main(["stream", str(path), "--memory", "64k"]) == 0
    told = capsys.readouterr()
    rows = [row.split()[0] for row in told.out.splitlines()[1:]]
    assert rows == [f"tcp:{n}" for n in range(200)]
    assert "memory was full" in told.err


def test_a_long_stream_is_shown_in_little_memory(
        tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    talk = Talk()
    for number in range(3000):
        talk.say("server", bytes([number & 0xFF]) * 1000)
        talk.say("client", b"", ACK)
    path = save(tmp_path / "long.pcap", talk.frames)
    assert main(["stream", str(path), "0", "--raw"]) == 0
    assert len(capfdbinary.readouterr().out) == 3_000_000
