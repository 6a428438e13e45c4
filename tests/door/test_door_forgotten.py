"""What nobody closed: a writer's packets are in the file, with a ResourceWarning; a reader leaves
nothing open. At the end of the program, out of scope, in a cycle, in a child process."""

from __future__ import annotations

import gc
import os
import warnings
from pathlib import Path

import pytest
from door_files import DNS, made, program

import fyke


def count(path: Path) -> int:
    with fyke.read(path) as packets:
        return sum(1 for _ in packets)


ENDINGS = {
    "end of the program": "",
    "sys.exit": "import sys; sys.exit(3)",
    "an exception": "raise RuntimeError('mine')",
    "a name that goes": "del w",
    "a cycle": "w.me = w; del w; import gc; gc.collect()",
    "a thread that is left": "import threading, time; keep = w; del w; threading.Thread("
                             "target=lambda w: time.sleep(60), args=[keep], daemon=True).start()",
    "a thread that adds at the end": "import threading; threading.Thread(target=lambda: "
                                     "w.flush()).start()",
    "a module that goes": "import sys; sys.modules['mine'] = w",
    "an exit handler of one's own": "import atexit; atexit.register(lambda: print('bye'))",
}


@pytest.mark.parametrize("suffix", ["pcap", "pcapng", "pcap.gz", "pcapng.xz"])
@pytest.mark.parametrize("ending", ENDINGS)
def test_a_writer(tmp_path: Path, suffix: str, ending: str) -> None:
    made(tmp_path / "in.pcap")
    done = program(f"import fyke\nw = fyke.write('out.{suffix}')\n"
                   f"for p in fyke.read('in.pcap'): w.add(p)\n{ENDINGS[ending]}", tmp_path)
    assert count(tmp_path / f"out.{suffix}") == 6
    assert "ResourceWarning: a fyke writer was not closed: out." in done.stderr
    assert ("mine" in done.stderr) == (ending == "an exception")


def test_a_closed_writer_warns_of_nothing(tmp_path: Path) -> None:
    done = program("import fyke\nw = fyke.write('out.pcap'); w.add(bytes(60)); w.close(); del w\n"
                   "with fyke.write('two.pcapng') as v: v.add(bytes(60))\n", tmp_path,
                   "-W", "error")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_warning_that_is_an_error_loses_nothing(tmp_path: Path) -> None:
    done = program("import fyke\nw = fyke.write('out.pcap'); w.add(bytes(60))", tmp_path,
                   "-W", "error")
    assert count(tmp_path / "out.pcap") == 1
    assert "ResourceWarning" in done.stderr


def test_what_cannot_be_saved_is_told(tmp_path: Path) -> None:
    """A ResourceWarning is not shown by default: a loss is an error that Python prints."""
    done = program("import fyke\nf = open('out.pcap', 'wb')\nw = fyke.write(f); w.add(bytes(60))\n"
                   "f.close(); del w", tmp_path, "-W", "ignore")
    assert "1 not written" in done.stderr


@pytest.mark.parametrize("end", ["os._exit(0)", "sys.exit()", "del w; sys.exit()"])
@pytest.mark.parametrize("suffix, library", [
    ("", "zlib"), (".gz", "zlib"), (".xz", "lzma"), (".zst", "zstandard"), (".lz4", "lz4")])
def test_a_child_does_not_write_its_parents_packets(tmp_path: Path, suffix: str, library: str,
                                                    end: str) -> None:
    pytest.importorskip(library)
    program(f"import fyke, os, sys\nw = fyke.write('out.pcap{suffix}'); w.add(bytes(60))\n"
            f"if os.fork() == 0: {end}\nos.wait()\nw.add(bytes(60)); w.close()", tmp_path)
    assert count(tmp_path / f"out.pcap{suffix}") == 2


@pytest.mark.parametrize("use", [
    "next(iter(fyke.read('in.pcap')))",
    "r = fyke.read('in.pcap')",
    "r = fyke.read('in.pcap'); it = iter(r); next(it)",
    "r = fyke.read('in.pcap'); r.me = r; next(r); del r; import gc; gc.collect()",
    "for p in fyke.read('in.pcap'): break",
    "for p in fyke.read('in.pcap'): pass",
    "for row in fyke.rows('in.pcap', ['time', 'ip.src']): break",
    "for row in fyke.rows('in.pcap', ['time', 'ip.src']): pass",
    "r = fyke.rows('in.pcap', ['time'])",
    "for p in fyke.read('in.pcap.gz'): break",
    "import zipfile; r = fyke.read('in.pcap.gz')",
    "[p for p, _ in zip(fyke.read('in.pcap'), range(2))]",
    "list(fyke.read('torn.pcap'))",
    "fyke.read('in.pcap', filter='nonsense 80')",
    "fyke.rows('in.pcap', ['time'], filter='nonsense 80')",
    "fyke.rows('in.pcap', ['no.such'])",
    "fyke.read('text.pcap')",
    "fyke.read('empty.pcap')",
    "fyke.write('no/folder/out.pcap')",
    "fyke.write('out.pcapng', link_type=70000)",
    "fyke.write('out.pcap', format='nope')",
    "fyke.write('out.pcap', snaplen=-1)",
])
def test_a_reader_leaks_nothing(tmp_path: Path, use: str) -> None:
    made(tmp_path / "in.pcap")
    made(tmp_path / "in.pcap.gz")
    (tmp_path / "torn.pcap").write_bytes((tmp_path / "in.pcap").read_bytes()[:-10])
    (tmp_path / "text.pcap").write_text("no capture at all")
    (tmp_path / "empty.pcap").touch()
    done = program(f"import fyke, os\ntry:\n    {use}\nexcept fyke.FykeError: pass\n", tmp_path,
                   "-W", "error")
    assert (done.returncode, done.stderr) == (0, "")


def descriptors(folder: Path) -> list[str]:
    """Files of a folder that this process has open."""
    found = []
    for handle in os.listdir("/proc/self/fd"):
        try:
            target = os.readlink(f"/proc/self/fd/{handle}")
        except OSError:
            continue
        if target.startswith(str(folder)):
            found.append(target)
    return found


def test_files_are_closed_at_once(tmp_path: Path) -> None:
    path = made(tmp_path / "in.pcap")
    packets = fyke.read(path)
    assert descriptors(tmp_path)
    assert len(list(packets)) == 6
    assert not descriptors(tmp_path)  # behind the last packet, the reader still being there
    for _ in fyke.read(path):
        break
    assert not descriptors(tmp_path)  # nobody has that reader any more
    with fyke.rows(path, ["time"]) as rows:
        assert next(rows) == (1_700_000_000_000_000_000,)
        assert descriptors(tmp_path)
    assert not descriptors(tmp_path)
    with pytest.raises(fyke.FilterError) as caught:
        fyke.read(path, filter="port port")
    assert not descriptors(tmp_path), caught
    kept = next(iter(fyke.read(path)))
    assert kept.data == DNS and not descriptors(tmp_path)


def test_a_loop_that_was_left_can_be_taken_up(tmp_path: Path) -> None:
    packets = fyke.read(made(tmp_path / "in.pcap"))
    before = []
    for packet in packets:
        before.append(packet.time)
        break
    assert [*before, *(packet.time for packet in packets)] == [
        1_700_000_000_000_000_000 + 1000 * number for number in range(6)]
    assert list(packets) == []


def test_kept_packets_keep_no_buffer(tmp_path: Path) -> None:
    """One packet of each of many files costs a packet each, not half a MiB."""
    path = made(tmp_path / "in.pcapng")
    kept = [next(iter(fyke.read(path))) for _ in range(20)]
    gc.collect()
    assert not [one for one in gc.get_objects() if type(one).__name__ == "PcapngReader"]
    assert len(kept) == 20


def test_the_warning_comes_once(tmp_path: Path) -> None:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        writer = fyke.write(tmp_path / "out.pcap")
        writer.add(DNS)
        del writer
        gc.collect()
    assert [warning.category for warning in told] == [ResourceWarning]
