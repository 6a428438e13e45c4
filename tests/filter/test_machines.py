"""A filter on packets of several link types: each is compiled for once, whatever their order."""

from __future__ import annotations

from pathlib import Path

import pytest

import fyke
from fyke.cli.main import main
from fyke.errors import FilterError
from fyke.filter import machines
from fyke.filter.machines import Machines

ETHERNET = bytes(12) + b"\x08\0" + b"E" + bytes(39)
RAW = ETHERNET[14:]


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The link types that are compiled for, as it happens."""
    seen: list[int] = []
    compile_itself = machines.compile

    def watched(expression: str, *, link_type: int, **how: object) -> fyke.Program:
        seen.append(link_type)
        return compile_itself(expression, link_type=link_type, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(machines, "compile", watched)
    return seen


def test_once_for_each(compiled: list[int]) -> None:
    found = Machines("ip")
    assert [found(1), found(101), found(1), found(101)] == [found(1), found(101)] * 2
    assert compiled == [1, 101]


def test_what_one_link_type_cannot_do() -> None:
    found = Machines("ether host 1:2:3:4:5:6")
    assert found(1)
    with pytest.raises(FilterError):
        found(101)


def test_link_types_that_take_turns(tmp_path: Path, compiled: list[int],
                                    capsys: pytest.CaptureFixture[str]) -> None:
    names = []
    for number, (link_type, octets) in enumerate((("EN10MB", ETHERNET), ("RAW", RAW))):
        names.append(str(tmp_path / f"{number}.pcapng"))
        with fyke.write(names[-1], link_type=link_type) as file:
            for turn in range(5):
                file.add(octets, time=1000 * turn + number)
    both = str(tmp_path / "both.pcapng")
    assert main(["merge", *names, "-w", both]) == 0
    assert main(["dump", "-r", both, "--count", "ip"]) == 0
    assert capsys.readouterr().out == "10 packets\n"
    assert compiled == [1, 101]
    assert sum(1 for _ in fyke.read(both, filter="ip")) == 10
    assert main(["slice", both, "--filter", "ip", "-w", str(tmp_path / "out.pcapng")]) == 0
    assert compiled == [1, 101] * 3
