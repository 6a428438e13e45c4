"""Coverage-guided fuzzing of the capture readers; not run by the test suite.

    PYTHONPATH=src:tests/files python tests/fuzz/fuzz_files.py [SECONDS [OPTION …]]

Uses atheris where it is installed (pip install atheris); it puts what reaches something new into
a new folder, whose name it tells, and OPTIONs are libFuzzer's. To keep the worthwhile part:

    … tests/fuzz/fuzz_files.py 0 -merge=1 tests/corpus/files FOLDER

Without atheris a small loop keeps an input in tests/corpus/files when it reaches lines in a new
order. The modules must not be compiled. What is in the corpus is replayed by
tests/files/test_corpus.py.
"""

from __future__ import annotations

import hashlib
import io
import random
import sys
import tempfile
import time
from pathlib import Path
from types import FrameType
from typing import Any

from capture_samples import drain_whole, opened

from fyke.anonymous.anonymizer import Anonymizer, Anonymous
from fyke.errors import FykeError
from fyke.files.copying import create_like
from fyke.files.salvage import Salvage
from fyke.files.slicing import Slice
from fyke.wire import Record

CORPUS = Path(__file__).parents[1] / "corpus" / "files"
LARGEST = 1200
EXTREMES = (0, 1, 2, 3, 4, 7, 8, 12, 16, 28, 32, 0x7F, 0x80, 0xFE, 0xFF)


def one_input(data: bytes) -> None:
    """Read, count and copy the input in every way; only errors of fyke's own, of one line, come."""
    told = [read(data, wrap) for wrap in (lambda reader: reader, Salvage)]
    assert told[0] == counted(data)
    copied(data)


def read(data: bytes, wrap: Any) -> tuple[int, str]:
    """How many packets there are, and what is complained of."""
    try:
        source: Any = wrap(opened(data, buffer_size=64))
    except FykeError as error:
        assert "\n" not in str(error)
        return 0, str(error)
    seen: list[Any] = []
    if hasattr(source, "carry_to"):
        source.carry_to(seen.append)
    got, error = drain_whole(source)
    assert error is None or isinstance(error, FykeError), error
    assert len(source.octets.buffer) <= max(256, 8 * len(data)) or source.compression
    return len(got), str(error)


def counted(data: bytes) -> tuple[int, str]:
    """The same, going past packets unseen."""
    count = 0
    try:
        source: Any = opened(data, buffer_size=64)
        while passed := source.skip(Record(), 1000):
            count += passed
    except FykeError as error:
        return count, str(error)
    return count, "None"


def copied(data: bytes) -> None:
    """A copy has the same packets, a slice and an anonymous copy as many as they can hold."""
    for wrap in (lambda reader: reader, lambda reader: Slice(reader, numbers=[(1, 1), (3, 9)]),
                 lambda reader: Anonymous(reader, Anonymizer(b"0123456789abcdef"))):
        try:
            reader: Any = opened(data, buffer_size=64)
        except FykeError:
            return
        out = io.BytesIO()
        source = wrap(reader)
        try:
            sink = create_like(out, source if hasattr(source, "interfaces") else reader,
                               format="pcapng")
        except FykeError as error:
            assert "link types up to" in str(error)
            return
        packet, sent = Record(), []
        try:
            while source.next(packet):
                sink.add(packet)
                sent.append((packet.time, packet.raw(0, packet.caplen), packet.wirelen))
        except FykeError:
            pass
        sink.finish()
        sink.flush()
        got, error = drain_whole(opened(out.getvalue()))
        assert error is None, error
        assert got == sent


def mutated(data: bytes, others: list[bytes], rng: random.Random) -> bytes:
    """The input with a few changes."""
    out = bytearray(data)
    for _ in range(rng.randrange(1, 5)):
        at = rng.randrange(len(out) + 1)
        kind = rng.randrange(6)
        if kind == 0 and out:
            out[at % len(out)] ^= 1 << rng.randrange(8)
        elif kind == 1 and out:
            out[at % len(out)] = rng.choice(EXTREMES)
        elif kind == 2:
            out[at:at + rng.randrange(1, 9)] = b""
        elif kind == 3:
            out[at:at] = rng.randbytes(rng.randrange(1, 9))
        elif kind == 4:
            other = rng.choice(others)
            begin = rng.randrange(len(other) + 1)
            out[at:at] = other[begin:begin + 4 * rng.randrange(1, 20)]
        else:
            size = rng.choice((2, 4, 8))
            out[at:at + size] = rng.choice(EXTREMES).to_bytes(size, rng.choice(("big", "little")))
    return bytes(out[:LARGEST])


def edges_of(data: bytes) -> set[tuple[Any, int, int]]:
    """The pairs of lines that follow each other in fyke.files while the input is read."""
    found: set[tuple[Any, int, int]] = set()
    last: dict[Any, int] = {}

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        code = frame.f_code
        if "fyke/files" not in code.co_filename:
            return None
        if event == "line":
            found.add((code, last.get(code, 0), frame.f_lineno))
            last[code] = frame.f_lineno
        return trace

    sys.settrace(trace)
    try:
        one_input(data)
    finally:
        sys.settrace(None)
    return found


def explore(seconds: float) -> int:
    """Keep what reaches something new; returns how many inputs were tried."""
    rng = random.Random()
    corpus = [path.read_bytes() for path in sorted(CORPUS.iterdir())] or [b""]
    known: set[tuple[Any, int, int]] = set()
    for data in corpus:
        known |= edges_of(data)
    begin = time.monotonic()
    tried = 0
    while time.monotonic() - begin < seconds:
        data = mutated(rng.choice(corpus), corpus, rng)
        tried += 1
        try:
            found = edges_of(data)
        except BaseException:
            (CORPUS / f"crash-{hashlib.sha1(data).hexdigest()[:12]}").write_bytes(data)
            raise
        if found - known:
            known |= found
            corpus.append(data)
            (CORPUS / hashlib.sha1(data).hexdigest()[:12]).write_bytes(data)
    print(f"{tried} inputs, {len(corpus)} in the corpus, {len(known)} steps known")
    return tried


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60
    try:
        import atheris
    except ImportError:
        explore(seconds)
        return
    atheris.instrument_all()
    options = sys.argv[2:]
    if not any(option.startswith("-merge") for option in options):
        found = tempfile.mkdtemp(prefix="fuzz-files-")
        print(f"what is new goes to {found}")
        options += [found, str(CORPUS)]
    itself = f"{sys.executable} {sys.argv[0]} 0"  # what a merge starts for each of its steps
    atheris.Setup([itself, f"-max_total_time={round(seconds)}", f"-max_len={LARGEST}",
                   "-timeout=10", "-rss_limit_mb=1024", *options], one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
