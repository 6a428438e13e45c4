"""Records whose lengths cannot be are printed with a note; -A --utf8; -ttt of odd parts."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from fyke.cli.main import dump, main

UDP = bytes.fromhex("000000000000000000000000080045000020000100004011") + bytes(2) + bytes.fromhex(
    "c0000201c63364020001000200 0c0000".replace(" ", "")) + b"abcd"


def file(path: Path, *records: tuple[int, int, bytes], length: int = 0) -> str:
    """A pcap file of (seconds, microseconds, octets); ``length`` on the wire, or as captured."""
    out = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1)
    for seconds, part, data in records:
        out += struct.pack("<IIII", seconds, part, len(data), length or len(data)) + data
    path.write_bytes(out)
    return str(path)


def test_the_packet_follows_the_note(tmp_path: Path, capfdbinary: object) -> None:
    path = file(tmp_path / "x", (1, 0, UDP), length=20)
    assert main(["dump", "-nt", "-r", path]) == 0
    out, _ = capfdbinary.readouterr()  # type: ignore[attr-defined]
    assert out == (b"[Invalid header: len(20) < caplen(46)] IP 192.0.2.1.1 > 198.51.100.2.2: "
                   b"UDP, length 4\n")


def test_fykedump_has_the_note_alone(tmp_path: Path, capfdbinary: object) -> None:
    path = file(tmp_path / "x", (1, 0, UDP), length=20)
    assert dump(["-nt", "-r", path]) == 0
    out, _ = capfdbinary.readouterr()  # type: ignore[attr-defined]
    assert out == b"[Invalid header: len(20) < caplen(46)]\n"


def test_a_length_beyond_the_largest(tmp_path: Path, capfdbinary: object) -> None:
    path = file(tmp_path / "x", (1, 0, UDP), length=300_000)
    assert main(["dump", "-nt", "-r", path]) == 0
    out, _ = capfdbinary.readouterr()  # type: ignore[attr-defined]
    assert out.startswith(b"[Invalid header: len(300000) > 262144] IP 192.0.2.1.1")


def test_nothing_is_behind_a_note_of_nothing(tmp_path: Path, capfdbinary: object) -> None:
    out = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1)
    out += struct.pack("<IIII", 1, 0, 0, 60) + struct.pack("<IIII", 1, 0, 46, 0) + UDP
    (tmp_path / "x").write_bytes(out)
    assert main(["dump", "-nt", "-r", str(tmp_path / "x")]) == 0
    text, _ = capfdbinary.readouterr()  # type: ignore[attr-defined]
    assert text == b"[Invalid header: caplen==0]\n[Invalid header: len==0]\n"


@pytest.mark.parametrize(("data", "ascii", "utf8"), [
    ("Grüße 網".encode(), "Gr....e ...", "Grüße 網"),
    ("\u202e\x1b[31m\x9b".encode(), "....[31m..", "..[31m."),
    (b"\xff\xfe ok", ".. ok", ".. ok"),
    (b"a\r\nb\tc", "a\nb\tc", "a\nb\tc"),
])
def test_ascii_and_utf8(data: bytes, ascii: str, utf8: str, tmp_path: Path,
                        capfdbinary: object) -> None:
    path = file(tmp_path / "x", (1, 0, bytes(12) + b"\x88\xb5" + data))
    for words, shown in (([], ascii), (["--utf8"], utf8)):
        assert main(["dump", "-nqtA", "-r", path, *words]) == 0
        out, _ = capfdbinary.readouterr()  # type: ignore[attr-defined]
        assert out.decode().endswith(f"\n{shown}\n")


def test_parts_of_a_second_that_are_none(tmp_path: Path, capfdbinary: object) -> None:
    """Subtracted as they stand, as tcpdump 5.0 does."""
    path = file(tmp_path / "x", (20, 999_999, UDP), (21, 1_000_000, UDP), (22, 2_147_483_648, UDP),
                (22, 5, UDP))
    for words, stamps in (("-nttt", [" 00:00:00.000000", " 00:00:01.000001",
                                     " 00:00:01.2146483648 (invalid us)",
                                     "-00:00:00.2147483643 (invalid us)"]),
                          ("-nttttt", [" 00:00:00.000000", " 00:00:01.000001",
                                       " 00:00:02.2146483649 (invalid us)",
                                       " 00:00:01.000006"])):
        assert main(["dump", words, "-r", path]) == 0
        out, _ = capfdbinary.readouterr()  # type: ignore[attr-defined]
        assert [row.partition(" IP ")[0] for row in out.decode().splitlines()] == stamps
