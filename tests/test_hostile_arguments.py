"""No call of a compiled class, with any argument, may end the process.

Each class is driven in a child process: if that dies of a signal, the test says at which call.
"""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import fyke

SOURCES = Path(fyke.__file__).parent
MODULES = sorted(".".join(path.relative_to(SOURCES.parent).with_suffix("").parts)
                 for path in SOURCES.rglob("*.pxd") if path.with_suffix(".py").exists())

#: What the child runs: ``MODULE`` is replaced. It prints each call before it makes it.
CHILD = r'''
import faulthandler, inspect, itertools, os, random, resource, sys
import importlib
faulthandler.enable()
if "FYKE_ASAN" not in os.environ:  # its shadow takes terabytes; it bounds allocations by itself
    resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
from fyke import wire
from fyke.style import Style
module = importlib.import_module(sys.argv[1])
last = open(sys.argv[2], "w", buffering=1)
chance = random.Random(sys.argv[1])
HUGE = (2**31 - 1, 2**31, 2**32 - 1, 2**62, 2**63 - 1, 2**63, 2**64 - 1, 2**64)

def arguments():
    packet = wire.Record(bytes(range(64)) * 2)
    return [None, 0, 1, -1, -100, 40, *HUGE, *(-n for n in HUGE), 1.5, "", "x", b"", b"abc" * 50,
            bytearray(20), memoryview(bytes(8)), [], (), {}, object(), packet, wire.Line(64),
            wire.Memory(bytearray(32)), wire.Line.__new__(wire.Line),
            wire.Record.__new__(wire.Record), Style(), int, lambda *a: None]

def bare(kind):
    try:
        return kind.__new__(kind)
    except BaseException:
        return None

def made(kind):
    try:
        return kind()
    except BaseException:
        pass
    for one in arguments():
        try:
            return kind(one)
        except BaseException:
            pass
    return bare(kind)

def attempt(label, call, given):
    last.seek(0); last.truncate()
    last.write(f"{label} {[type(one).__name__ + ':' + repr(one)[:40] for one in given]}\n")
    try:
        call(*given)
    except BaseException as error:
        if isinstance(error, (KeyboardInterrupt, SystemExit)):
            raise

def drive(kind):
    for make in (made, bare):
        for name in dir(kind):
            if name in ("__init_subclass__", "__subclasshook__", "__class__", "__dict__",
                        "__reduce_ex__", "wait", "poll"):  # the last two may wait for ever
                continue
            for count in (0, 1, 2, 3, 4):
                for _ in range(12 if count else 1):
                    thing = make(kind)
                    if thing is None:
                        return
                    given = [chance.choice(arguments()) for _ in range(count)]
                    try:
                        value = getattr(thing, name)
                    except BaseException:
                        break
                    if callable(value):
                        attempt(f"{kind.__name__}.{name} ({make.__name__})", value, given)
                    elif count == 1:
                        attempt(f"{kind.__name__}.{name} = ({make.__name__})",
                                lambda one: setattr(thing, name, one), given)
                        for other in ("decode", "write", "next", "add", "find", "text"):
                            attempt(f"after {name} =: {other}",
                                    lambda *more: getattr(thing, other)(*more),
                                    [wire.Line(64)] if other == "write" else [])

for name, kind in vars(module).items():
    if getattr(kind, "__module__", None) != module.__name__:
        continue
    if isinstance(kind, type):
        drive(kind)
    elif callable(kind):
        for count in (0, 1, 2, 3, 4, 5):
            for _ in range(20):
                attempt(name, kind, [chance.choice(arguments()) for _ in range(count)])
'''


@pytest.mark.parametrize("name", MODULES)
def test_no_argument_ends_the_process(name: str, tmp_path: Path) -> None:
    if not str(import_module(name).__file__).endswith(".so"):
        pytest.skip("not compiled: Python looks after itself")
    told = tmp_path / "last"
    done = subprocess.run([sys.executable, "-c", CHILD, name, str(told)], cwd=tmp_path,
                          capture_output=True, timeout=300, check=False, stdin=subprocess.DEVNULL)
    last = told.read_text() if told.exists() else ""
    assert done.returncode in (0, 1), f"{done.returncode} at {last}\n{done.stderr.decode()[-800:]}"
    assert done.returncode == 0, done.stderr.decode()[-2000:]
