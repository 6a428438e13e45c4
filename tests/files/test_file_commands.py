"""fyke info, merge, slice and anonymize, from the command line to the files."""

from __future__ import annotations

import json
import struct
from fractions import Fraction
from pathlib import Path

import pytest
from capture_samples import (
    RECORDS,
    block,
    drain,
    enhanced,
    interface,
    option,
    pcap,
    pcapng,
    section,
)

from file_rows import in_order
from fyke.cli.main import main
from fyke.errors import UsageError
from fyke.files.reader import open_capture
from fyke.files.slicing import ranges

MANY = [(1_700_000_000_000_000_000 + n * 10**9, n.to_bytes(20, "big"), 60) for n in range(100)]


@pytest.fixture
def many(tmp_path: Path) -> str:
    path = tmp_path / "many.pcap"
    path.write_bytes(pcap(MANY))
    return str(path)


def run(*words: object) -> int:
    return main([str(word) for word in words])


def test_info_counts(many: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("info", "--json", "--hashes", many) == 0
    told = json.loads(capsys.readouterr().out)[0]
    assert told["packets"] == told["cut_packets"] == told["interfaces"][0]["packets"] == 100
    assert (told["captured_bytes"], told["wire_bytes"]) == (2000, 6000)
    assert told["duration"] == 99 * 10**9
    assert (told["link_types"], told["strict_time_order"], told["longest_gap"]) == (
        ["EN10MB"], True, 10**9)
    assert told["average_packet_size"] == 60
    assert len(told["hashes"]["sha256"]) == 64
    assert run("info", many) == 0
    assert "Packets:      100\n" in capsys.readouterr().out


def test_info_tells_disorder_and_damage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "torn.pcapng"
    path.write_bytes(pcapng([RECORDS[1], RECORDS[0], RECORDS[2]])[:-2])
    assert run("info", "--json", path) == 1
    told = json.loads(capsys.readouterr().out)[0]
    assert (told["packets"], told["strict_time_order"]) == (2, False)
    assert "truncated" in told["damage"]
    assert run("info", tmp_path / "missing") == 1
    assert "No such file" in capsys.readouterr().err


def test_info_tells_what_a_pcapng_file_says(tmp_path: Path,
                                            capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "told.pcapng"
    path.write_bytes(
        section(options=option(1, b"by hand") + option(2, b"a machine") + option(3, b"a system")
                + option(4, b"a program"))
        + interface(options=option(2, b"eth7") + option(9, b"\x03")
                    + option(8, (10**9).to_bytes(8, "little")))
        + interface(link_type=101, options=option(9, b"\x8a") + option(11, b"\0udp"))
        + enhanced(3, b"abc", 3, options=option(1, b"what this is"))
        + enhanced(2048, b"E", 1, number=1) + block(10, bytes(8))
        + block(5, struct.pack("<III", 0, 0, 5) + option(4, (7).to_bytes(8, "little"))))
    assert run("info", "--json", path) == 0
    told = json.loads(capsys.readouterr().out)[0]
    assert told["sections"] == [{"byte_order": "little", "hardware": "a machine", "os": "a system",
                                 "application": "a program", "comments": ["by hand"]}]
    assert told["blocks"] == {"section header": 1, "decryption secrets": 1,
                              "interface statistics": 1}
    assert told["packet_comments"] == [{"packet": 1, "comment": "what this is"}]
    one, two = told["interfaces"]
    assert (one["name"], one["precision"], one["speed"], one["statistics"], one["received"]) == (
        "eth7", "milliseconds", 10**9, 1, 7)
    assert (two["precision"], two["filter"], two["link_type"]) == ("2^-10 s", "udp", "RAW")
    assert run("info", path) == 0
    said = capsys.readouterr().out
    for line in ("Type:         pcapng, little endian, milliseconds, 2^-10 s",
                 "OS:           a system",
                 "Comment:      by hand", "Packet 1:     what this is",
                 "Blocks:       1 decryption secrets, 1 interface statistics",
                 "Interface 0:  eth7, EN10MB, 1 packets, speed 1000000000, received 7"):
        assert f"{line}\n" in said
    path.write_bytes(path.read_bytes() + section(">") + interface(">"))
    assert run("info", path) == 0
    said = capsys.readouterr().out
    assert "both byte orders" in said and "Section 1:    big endian\n" in said


def test_info_invents_no_times(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Simple packet blocks have none: what capinfos calls n/a is null here."""
    path = tmp_path / "simple.pcapng"
    path.write_bytes(section() + interface(snaplen=100) + interface(snaplen=0)
                     + enhanced(1_700_000_000_000_000, b"abc", 3)
                     + block(3, struct.pack("<I", 3) + b"abc\0"))
    assert run("info", "--json", path) == 0
    told = json.loads(capsys.readouterr().out)[0]
    assert (told["packets"], told["packets_without_time"]) == (2, 1)
    assert [told[key] for key in ("first_time", "earliest_time", "latest_time", "duration",
                                  "strict_time_order", "longest_gap", "packet_rate",
                                  "byte_rate")] == [None] * 8
    assert run("info", path) == 0
    said = capsys.readouterr().out
    assert "Duration:     unknown\n" in said and "Time order:   unknown\n" in said
    assert "Without time: 1 packets\n" in said and "1970" not in said
    assert "Snap length:  100, no limit\n" in said


def test_info_escapes_what_files_say(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "evil\x1b[31m.pcap"
    path.write_bytes(pcap())
    assert run("info", path) == 0
    assert "\x1b" not in capsys.readouterr().out


def test_info_is_json_for_any_file_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "odd\udcff\n.pcap"
    path.write_bytes(pcap())
    assert run("info", "--json", path) == 0
    told = capsys.readouterr().out
    assert json.loads(told)[0]["file"].encode().endswith("odd\ufffd\n.pcap".encode())
    assert "\\udc" not in told


@pytest.mark.parametrize(("words", "expected"), [
    (["--numbers", "1-3,50,99-"], [0, 1, 2, 49, 98, 99]),
    (["--every", "30"], [0, 30, 60, 90]),
    (["--from", "1700000010.0", "--to", "1700000013"], [10, 11, 12]),
    (["--filter", "ether[19] > 97"], [98, 99]),
    (["--numbers", "10-", "--every", "50"], [9, 59]),
])
def test_slice_picks(words: list[str], expected: list[int], many: str, tmp_path: Path) -> None:
    assert run("slice", many, "-w", tmp_path / "out.pcapng", *words) == 0
    assert drain(open_capture(tmp_path / "out.pcapng")) == [MANY[n] for n in expected]


def test_slice_changes(many: str, tmp_path: Path) -> None:
    out = tmp_path / "out.pcapng"
    assert run("slice", many, "-w", out, "--length", "5", "--shift", "-0.000000007",
               "--scale", "0.5") == 0
    start = MANY[0][0]
    assert drain(open_capture(out)) == [
        (start + (time - start) // 2 - 7, data[:5], 60) for time, data, _ in MANY]


def test_slice_drops_duplicates(tmp_path: Path) -> None:
    path, out = tmp_path / "twice.pcap", tmp_path / "out.pcap"
    path.write_bytes(pcap([r for r in MANY for _ in range(2)] + MANY[:1]))
    assert run("slice", path, "-w", out, "--unique") == 0
    assert drain(open_capture(out)) == MANY + MANY[:1]
    assert run("slice", path, "-w", out, "--unique", "1000") == 0
    assert drain(open_capture(out)) == MANY


@pytest.mark.parametrize(("words", "sizes"), [
    (["--split-count", "40"], [40, 40, 20]), (["--split-time", "60"], [60, 40]),
    (["--split-size", str(24 + 50 * 36)], [50, 50]), (["--split-connections"], [100])])
def test_slice_splits(words: list[str], sizes: list[int], many: str, tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    assert run("slice", many, "-w", tmp_path / "parts" / "p.pcap.gz", *words) == 0
    parts = [drain(open_capture(path)) for path in in_order(tmp_path / "parts")]
    assert [len(part) for part in parts] == sizes
    assert [record for part in parts for record in part] == MANY


@pytest.mark.parametrize("suffix", [".pcap", ".pcapng"])
def test_split_files_are_no_larger_than_asked(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / "in.pcapng"
    records = [(n, bytes(n), n) for n in range(60)]
    path.write_bytes(section() + interface() + b"".join(
        enhanced(n, bytes(n), n, options=option(1, bytes(n % 7)) + bytes(4)) for n in range(60)))
    (tmp_path / "parts").mkdir()
    assert run("slice", path, "-w", tmp_path / "parts" / f"p{suffix}", "--split-size", "400") == 0
    parts = in_order(tmp_path / "parts")
    assert all(part.stat().st_size <= 400 for part in parts)
    assert [r for part in parts for r in drain(open_capture(part))] == [
        (time * 1000, *rest) for time, *rest in records]


@pytest.mark.parametrize(("numbers", "expected"), [
    ("5,1-3,2-4", [1, 2, 3, 4, 5]), ("90-,95", range(90, 101)), ("200-", []), ("3-3", [3]),
    ("1-99999999999999999999999", range(1, 101)), ("1,100", [1, 100])])
def test_slice_numbers_in_any_order(numbers: str, expected: list[int], many: str,
                                    tmp_path: Path) -> None:
    for suffix in ("pcap", "pcapng"):  # of a pcapng too: its reader goes past packets as well
        source = tmp_path / f"source.{suffix}"
        assert run("slice", many, "-w", source) == 0
        assert run("slice", source, "-w", tmp_path / "out.pcap", "--numbers", numbers) == 0
        assert drain(open_capture(tmp_path / "out.pcap")) == [MANY[n - 1] for n in expected]


def test_slice_stretches_exactly_and_within_bounds(many: str, tmp_path: Path) -> None:
    path, out = tmp_path / "far.pcapng", tmp_path / "out.pcapng"
    far = [(1, b"", 0), (2**62 // 1000 * 1000 + 1, b"", 0)]
    path.write_bytes(section() + interface(options=option(9, b"\x09")) + b"".join(
        enhanced(time, data, size) for time, data, size in far))
    assert run("slice", path, "-w", out, "--scale", "1.0000001") == 0
    assert [time for time, _, _ in drain(open_capture(out))] == [
        1, 1 + round((far[1][0] - 1) * Fraction("1.0000001"))]
    assert run("slice", path, "-w", out, "--scale", "1000", "--shift", "1e9") == 0
    assert drain(open_capture(out))[1][0] == 2**63 - 1
    assert run("slice", path, "-w", out, "--scale", "1/3", "--numbers", "2") == 0
    assert drain(open_capture(out))[0][0] == 1 + round(Fraction(far[1][0] - 1, 3))


@pytest.mark.parametrize("suffix", [".pcap", ".pcapng", ".pcapng.gz"])
def test_split_lengthens_the_files_of_old_connections(
        suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fyke.files.slicing.MAX_OPEN", 2)
    frames = [bytes(12) + b"\x08\0" + bytes.fromhex("4500001c000000004011000001010101020202")
              + bytes([n]) + bytes(8) for n in (1, 2, 3)]
    records = [(n * 10**9, frames[n % 3], len(frames[0])) for n in range(9)]
    path = tmp_path / "in.pcap"
    path.write_bytes(pcap(records))
    (tmp_path / "parts").mkdir()
    assert run("slice", path, "-w", tmp_path / "parts" / ("c" + suffix),
               "--split-connections") == 0
    parts = [drain(open_capture(one)) for one in in_order(tmp_path / "parts")]
    assert parts == [records[0::3], records[1::3], records[2::3]]


def test_slice_salvages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = bytearray(pcap(MANY))
    data[24 + 36 * 50 + 8] ^= 0xFF
    data[24 + 36 * 50 + 11] ^= 0xFF
    path, out = tmp_path / "bad.pcap", tmp_path / "out.pcap"
    path.write_bytes(data)
    assert run("slice", path, "-w", out) == 1
    assert "invalid packet capture length" in capsys.readouterr().err
    assert drain(open_capture(out)) == MANY[:50]
    assert run("slice", path, "-w", out, "--salvage") == 0
    assert "skipped 36 damaged bytes (36 at byte 1824)" in capsys.readouterr().err
    assert drain(open_capture(out)) == MANY[:50] + MANY[51:]


def test_merge(many: str, tmp_path: Path) -> None:
    late = tmp_path / "late.pcapng"
    late.write_bytes(pcapng(RECORDS))
    assert run("merge", many, late, "-w", tmp_path / "out.pcapng") == 0
    assert drain(open_capture(tmp_path / "out.pcapng")) == sorted(MANY + RECORDS,
                                                                  key=lambda record: record[0])
    assert run("merge", "-a", late, many, "-w", tmp_path / "out.pcap") == 0
    assert drain(open_capture(tmp_path / "out.pcap")) == RECORDS + MANY


def test_copies_are_not_cut_by_the_header_of_another_file(tmp_path: Path) -> None:
    """What a pcap header says of the packets' length, all readers believe."""
    short, long = tmp_path / "a.pcap", tmp_path / "b.pcap"
    short.write_bytes(pcap(MANY[:1], snaplen=96))
    long.write_bytes(pcap([(MANY[5][0], bytes(500), 500)], snaplen=65535))
    mixed, over = tmp_path / "mixed.pcapng", tmp_path / "over.pcapng"
    mixed.write_bytes(section() + interface(snaplen=100) + interface()
                      + enhanced(5, bytes(90), 90) + enhanced(6, bytes(500), 500, number=1))
    over.write_bytes(section() + interface(snaplen=100) + enhanced(6, bytes(500), 500))
    out = tmp_path / "out.pcap"
    for words in (["merge", "-a", short, long], ["merge", short, long], ["slice", mixed],
                  ["merge", mixed, short], ["slice", over], ["anonymize", mixed],
                  ["dump", "-r", mixed], ["dump", "-r", short, "-r", long],
                  ["dump", "--merge", "-r", short, "-r", over]):
        assert run(*words, "-w", out) == 0
        assert 500 in [len(data) for _, data, _ in drain(open_capture(out))], words
    assert run("merge", short, "-w", out) == 0  # what is known is kept
    copy = open_capture(out)
    copy.close()
    assert copy.snaplen == 96


def test_an_input_is_never_overwritten(many: str, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["slice", many], ["merge", many], ["anonymize", many]):
        assert run(*words, "-w", many) == 1
        assert "would be overwritten" in capsys.readouterr().err
    assert drain(open_capture(many)) == MANY


def test_anonymize_with_a_key_repeats(many: str, tmp_path: Path,
                                      capsys: pytest.CaptureFixture[str]) -> None:
    Path(many).write_bytes(pcap([(0, b"\x02" * 12 + b"\x08\0", 14)]))
    key = tmp_path / "key"
    key.write_bytes(bytes(range(32)))
    one, two, other = (tmp_path / name for name in ("1.pcapng", "2.pcapng", "3.pcapng"))
    assert run("anonymize", many, "-w", one, "--key-file", key) == 0
    assert run("anonymize", many, "-w", two, "--key-file", key) == 0
    assert run("anonymize", many, "-w", other) == 0
    assert one.read_bytes() == two.read_bytes() != other.read_bytes()
    key.write_bytes(b"short")
    assert run("anonymize", many, "-w", one, "--key-file", key) == 1
    assert "at least 16 bytes" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["0", "3-2", "x", "-", "1,,2", ""])
def test_bad_ranges(text: str) -> None:
    with pytest.raises(UsageError, match="no range of packet numbers"):
        ranges(text)


@pytest.mark.parametrize("words", [
    ["--every", "0"], ["--every", "9" * 30], ["--length", "9" * 30], ["--length", "-1"],
    ["--unique", "0"], ["--unique-time", "-1"], ["--unique-time", "0"], ["--unique-time", "x"],
    ["--shift", "nan"], ["--shift", "soon"], ["--scale", "0"], ["--scale", "1/0"],
    ["--scale", "1e999999999"], ["--scale", "nan"], ["--split-time", "nan"],
    ["--split-time", "0"], ["--split-time", "-1"], ["--split-time", "1e-10"],
    ["--split-size", "9" * 30], ["--no-such-option"],
])
def test_slice_refuses_bad_amounts_in_one_line(
        words: list[str], many: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        run("slice", many, "-w", tmp_path / "out.pcap", *words)
    assert caught.value.code == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and said.startswith("fyke slice: ")
    assert not list(tmp_path.glob("out*"))


@pytest.mark.parametrize(("words", "expected"), [
    (["--from", "1e999999"], 0), (["--to", "1e999999"], 100), (["--from=-1e400"], 100),
    (["--split-time", "1e300"], 100), (["--unique-time", "1e400"], 100),
])
def test_slice_takes_times_beyond_all_others(words: list[str], expected: int, many: str,
                                             tmp_path: Path) -> None:
    assert run("slice", many, "-w", tmp_path / "out.pcapng", *words) == 0
    assert sum(len(drain(open_capture(path))) for path in tmp_path.glob("out*")) == expected


@pytest.mark.parametrize("words", [["--from", "0001-01-01"], ["--numbers", ""],
                                   ["--shift", "-99999999999"], ["--shift", "1e999999"]])
def test_slice_says_what_cannot_be(words: list[str], many: str, tmp_path: Path,
                                   capsys: pytest.CaptureFixture[str]) -> None:
    assert run("slice", many, "-w", tmp_path / "out.pcap", *words) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_info_goes_on_behind_a_folder_without_captures(
        many: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    assert run("info", "--json", empty, many, str(tmp_path / "*.none")) == 1
    out, err = capsys.readouterr()
    assert [told["packets"] for told in json.loads(out)] == [100]
    assert err.count("\n") == 2
