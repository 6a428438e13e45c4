"""Results of NFS 2 and 3 as values: those that were made, and those that tshark reads."""

from __future__ import annotations

import shutil
import struct
import subprocess
from pathlib import Path
from typing import Any

import network_traffic
import pytest
import transport_traffic as transport
from test_nfs import CLIENT, HANDLES, SERVER, call, reply, string, words

import fyke
from fyke.layers.application.nfs_results import FORMS_2, FORMS_3
from fyke.layers.application.nfs_values import Arguments

TSHARK = shutil.which("tshark")
HANDLE_3 = words(32) + HANDLES[11]


def long(*values: int) -> bytes:
    return struct.pack(f">{len(values)}Q", *values)


def file_3(seed: int) -> bytes:
    return (words(1, 0o644, seed, seed + 1, seed + 2) + long((seed << 32) + 3, seed + 4)
            + words(8, 1) + long(seed + 5, seed + 6)
            + words(1700000000, seed, 1700000001, 999999999, 1700000002, 7))


def file_2(seed: int) -> bytes:
    return words(2, 0o755, seed, seed + 1, seed + 2, seed + 3, 4096, 0, 8, seed + 5, seed + 6,
                 1700000000, seed, 1700000001, 999999, 1700000002, 7)


AFTER = words(1) + file_3(10)
CHANGE = words(1) + long(77) + words(1600000000, 5, 1600000001, 6) + words(1) + file_3(20)
NO_CHANGE = words(0, 0)
MADE = words(1) + HANDLE_3 + AFTER + CHANGE
ENTRIES_3 = (words(1) + long(11) + string(b".") + long(1) + words(1) + long(2**40)
             + string(b"na\xffme") + long(2**63) + words(0, 1))
ENTRIES_PLUS = (words(1) + long(11) + string(b"file") + long(1) + AFTER + words(1) + HANDLE_3
                + words(1) + long(12) + string(b"other") + long(2) + words(0, 0) + words(0, 0))
ENTRIES_2 = words(1, 5) + string(b"abc") + words(9) + words(0, 0)

#: Procedure of version 3, and a result.
OK_3 = [(1, file_3(3)), (2, CHANGE), (2, NO_CHANGE), (3, HANDLE_3 + AFTER + words(1) + file_3(30)),
        (3, HANDLE_3 + words(0, 0)), (4, AFTER + words(0x1F)), (5, AFTER + string(b"../to")),
        (6, AFTER + words(5, 1) + string(b"hello")), (6, words(0, 3, 0) + string(b"abc")),
        (7, CHANGE + words(4096, 2) + bytes(range(8))), (8, MADE), (9, MADE), (10, MADE),
        (11, words(0, 0) + CHANGE), (12, CHANGE), (13, NO_CHANGE), (14, CHANGE + CHANGE),
        (15, AFTER + CHANGE), (16, AFTER + bytes(8) + ENTRIES_3),
        (17, AFTER + b"\1" * 8 + ENTRIES_PLUS),
        (18, AFTER + long(2**50, 3, 4, 5, 6, 7) + words(8)),
        (19, AFTER + words(1, 2, 3, 4, 5, 6, 7) + long(2**62) + words(0, 1000000, 0x1B)),
        (20, AFTER + words(32000, 255, 1, 0, 0, 1)), (21, CHANGE + b"\2" * 8)]
FAILED_3 = {1: b"", 2: CHANGE, 3: AFTER, 4: AFTER, 5: AFTER, 6: AFTER, 7: CHANGE, 8: CHANGE,
            9: CHANGE, 10: CHANGE, 11: CHANGE, 12: CHANGE, 13: CHANGE, 14: CHANGE + NO_CHANGE,
            15: AFTER + CHANGE, 16: AFTER, 17: AFTER, 18: AFTER, 19: AFTER, 20: AFTER, 21: CHANGE}
OK_2 = [(1, file_2(3)), (2, file_2(3)), (4, HANDLES[11] + file_2(4)), (5, string(b"to/here")),
        (6, file_2(5) + string(b"octets")), (8, file_2(6)), (9, HANDLES[11] + file_2(7)),
        (10, b""), (11, b""), (12, b""), (13, b""), (14, HANDLES[11] + file_2(8)), (15, b""),
        (16, ENTRIES_2), (17, words(8192, 512, 100, 50, 40))]
CASES = [*((3, procedure, words(0) + body) for procedure, body in OK_3),
         *((3, procedure, words(13) + body) for procedure, body in FAILED_3.items()),
         *((2, procedure, words(0) + body) for procedure, body in OK_2),
         *((2, procedure, words(70)) for procedure, _ in OK_2)]


def pair(version: int, procedure: int, body: bytes, xid: int = 9) -> list[bytes]:
    opaque = HANDLES[11] if version == 2 else HANDLE_3
    asked = opaque + string(b"n") + opaque + string(b"m") + words(*range(20))
    return [transport.udp(call(xid, version, procedure, asked), CLIENT, SERVER),
            transport.udp(reply(xid, body), SERVER, CLIENT, src=transport.B4, dst=transport.A4)]


def results(version: int, procedure: int, body: bytes) -> Any:
    asked, told = (fyke.Packet(octets)[fyke.Nfs] for octets in pair(version, procedure, body))
    return told.results_of(asked)


@pytest.mark.parametrize(("version", "procedure", "body"), CASES)
def test_a_result_is_whole_and_every_prefix_is_cut(version: int, procedure: int,
                                                   body: bytes) -> None:
    whole = results(version, procedure, body)
    assert "cut" not in whole
    if procedure == 6 and whole["status"] == 0:
        return  # the data are no value
    for end in range(0, len(body), 4):
        part = results(version, procedure, body[:end])
        assert part.pop("cut")
        assert {name: value for name, value in part.items() if name != "entries"} == {
            name: whole[name] for name in part if name != "entries"}
        assert part.get("entries", []) == whole.get("entries", [])[:len(part.get("entries", []))]


def test_every_procedure_has_a_case() -> None:
    assert {procedure for version, procedure, _ in CASES if version == 3} == set(FORMS_3)
    from fyke.layers.application.nfs import as_version_3
    assert {as_version_3(procedure, False) for procedure, _ in OK_2} == set(FORMS_2)


def test_as_people_read_it() -> None:
    told = results(3, 17, words(0) + AFTER + b"\1" * 8 + ENTRIES_PLUS)
    assert list(told) == ["status", "directory", "verifier", "entries", "is_end"]
    first, second = told["entries"]
    assert (first.fileid, first.name, first.cookie, first.handle) == (11, "file", 1, HANDLES[11])
    assert first.attributes.size == (10 << 32) + 3
    assert first.attributes.mtime == 1700000001_999999999
    assert (second.name, second.attributes, second.handle) == ("other", None, None)
    assert told["is_end"] is False
    assert results(2, 17, words(0, 8192, 512, 100, 50, 40))["free_blocks"] == 50
    assert results(2, 1, words(0) + file_2(3))["attributes"].mtime == 1700000001_999999000


def test_what_is_no_answer_to_the_call() -> None:
    asked, told = (fyke.Packet(octets)[fyke.Nfs] for octets in pair(3, 1, words(0) + file_3(1)))
    other = fyke.Packet(pair(3, 1, b"", xid=10)[0])[fyke.Nfs]
    assert told.results_of(asked)["attributes"].links == 1
    assert told.results_of(other) is None
    assert asked.results_of(asked) is None
    assert told.results_of(told) is None
    assert results(3, 0, b"") is None
    assert isinstance(asked.arguments, Arguments)


def test_a_list_without_end_is_bounded() -> None:
    told = results(3, 16, words(0, 0) + bytes(8) + (
        words(1) + long(1) + words(0) + long(1)) * 1500)
    assert len(told["entries"]) == 1024
    assert told["cut"]


#: tshark's field to the path of ours.
FIELDS = {
    "nfs.status3": "status", "nfs.status2": "status", "nfs.fattr3.type": "Attributes.type",
    "nfs.fattr3.nlink": "Attributes.links",
    "nfs.fattr3.uid": "Attributes.uid",
    "nfs.fattr3.gid": "Attributes.gid",
    "nfs.fattr3.size": "Attributes.size",
    "nfs.fattr3.used": "Attributes.used",
    "nfs.fattr3.fsid": "Attributes.fsid",
    "nfs.fattr3.fileid": "Attributes.fileid", "nfs.wcc_attr.size": "Before.size",
    "nfs.fattr.nlink": "Attributes.links",
    "nfs.fattr.uid": "Attributes.uid",
    "nfs.fattr.gid": "Attributes.gid",
    "nfs.fattr.size": "Attributes.size",
    "nfs.fattr.fsid": "Attributes.fsid",
    "nfs.fattr.fileid": "Attributes.fileid",
    "nfs.fhandle": "*.handle", "nfs.count3": "count", "nfs.write.committed": "committed",
    "nfs.readdir.entry3.fileid": "entries.fileid", "nfs.readdir.entry3.cookie": "entries.cookie",
    "nfs.readdirplus.entry.fileid": "entries.fileid",
    "nfs.readdirplus.entry.name": "entries.name",
    "nfs.readdirplus.entry.cookie": "entries.cookie", "nfs.readdir.entry.name": "entries.name",
    "nfs.readdir.entry.fileid": "entries.fileid", "nfs.readdir.entry.cookie": "entries.cookie",
    "nfs.readlink.data": "target", "nfs.fsinfo.rtmax": "read_max",
    "nfs.fsinfo.rtpref": "read_preferred", "nfs.fsinfo.rtmult": "read_multiple",
    "nfs.fsinfo.wtmax": "write_max", "nfs.fsinfo.wtpref": "write_preferred",
    "nfs.fsinfo.wtmult": "write_multiple", "nfs.fsinfo.dtpref": "directory_preferred",
    "nfs.fsinfo.maxfilesize": "largest_file", "nfs.fsinfo.properties": "properties",
    "nfs.pathconf.linkmax": "links_max", "nfs.pathconf.name_max": "name_max",
    "nfs.pathconf.no_trunc": "refuses_long_names",
    "nfs.pathconf.chown_restricted": "chown_restricted",
    "nfs.pathconf.case_insensitive": "case_insensitive",
    "nfs.pathconf.case_preserving": "case_preserving",
    "nfs.fsstat3_resok.tbytes": "total_bytes", "nfs.fsstat3_resok.fbytes": "free_bytes",
    "nfs.fsstat3_resok.abytes": "available_bytes", "nfs.fsstat3_resok.tfiles": "total_files",
    "nfs.fsstat3_resok.ffiles": "free_files", "nfs.fsstat3_resok.afiles": "available_files",
    "nfs.fsstat.invarsec": "invariant_seconds", "nfs.statfs.tsize": "transfer_size",
    "nfs.statfs.bsize": "block_size", "nfs.readdir.eof": "is_end", "nfs.read.eof": "is_end",
}


def found(value: Any, path: list[str]) -> list[Any]:
    """What a path leads to, through lists; ``*`` is any way down, a class any of its objects."""
    if isinstance(value, list):
        return [leaf for one in value for leaf in found(one, path)]
    if not path:
        return [] if value is None else [value.hex() if isinstance(value, bytes) else value]
    parts = value if isinstance(value, dict) else (
        value._asdict() if hasattr(value, "_asdict") else {})
    if type(value).__name__ == path[0]:
        return found(parts[path[1]], path[2:])
    if path[0] == "*" and path[1] in parts:
        return found(parts[path[1]], path[2:])
    if path[0] == "*" or path[0][0].isupper():
        return [leaf for part in parts.values() for leaf in found(part, path)]
    return found(parts[path[0]], path[1:]) if path[0] in parts else []


def number(text: str) -> Any:
    try:
        return int(text, 0)
    except ValueError:
        return text


@pytest.mark.skipif(TSHARK is None, reason="tshark is not installed")
def test_values_are_those_of_tshark(tmp_path: Path) -> None:
    path = tmp_path / "nfs.pcap"
    frames = [frame for xid, case in enumerate(CASES, 1000) for frame in pair(*case, xid=xid)]
    path.write_bytes(network_traffic.savefile(frames))
    names = [word for name in FIELDS for word in ("-e", name)]
    done = subprocess.run([str(TSHARK), "-n", "-r", str(path), "-T", "fields", "-E",
                           "aggregator=;", *names], capture_output=True, text=True,
                          timeout=120, check=True)
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    compared, wrong, calls = set(), [], {}
    with fyke.read(path) as packets:
        for packet, row in zip(packets, rows, strict=True):
            nfs = packet[fyke.Nfs]
            if nfs.direction == 0:
                calls[nfs.xid] = nfs
                continue
            told = nfs.results_of(calls[nfs.xid])
            for (theirs, ours), text in zip(FIELDS.items(), row, strict=True):
                if text:
                    compared.add(theirs)
                    value = found(told, ours.split("."))
                    if value not in ([number(one) for one in text.split(";")], text.split(";")):
                        wrong.append(f"{calls[nfs.xid].procedure} {theirs}: {text}, ours {value}")
    assert not wrong, "\n".join(wrong)
    assert compared == set(FIELDS)
