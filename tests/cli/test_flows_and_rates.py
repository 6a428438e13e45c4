"""fyke flows and fyke rates as people call them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from network import sender

import fyke
from fyke.cli.main import main

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "tests" / "conversations"))
TRACE = str(ROOT / "benchmarks" / "protocols.pcap")
FYKE = (sys.executable, "-m", "fyke")


def run(capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    assert main(list(words)) == 0
    return capsys.readouterr().out.splitlines()


def test_forms(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    text = run(capsys, "flows", TRACE)
    assert text[0].split()[:3] == ["PROTO", "CLIENT", "SERVER"]
    table = run(capsys, "flows", TRACE, "--format", "tsv", "-e", "client,bytes")
    assert table[0] == "client\tbytes"
    assert len(table) == len(text)
    rows = [json.loads(line) for line in run(capsys, "flows", TRACE, "--format", "json",
                                             "--sort", "bytes", "--top", "5")]
    assert len(rows) == 5
    assert [row["bytes"] for row in rows] == sorted([row["bytes"] for row in rows], reverse=True)
    run(capsys, "flows", TRACE, "--format", "csv", "-w", str(tmp_path / "out.csv"))
    assert (tmp_path / "out.csv").read_text().startswith("number,protocol,client")
    assert "FLOWS" in run(capsys, "flows", TRACE, "--by", "hosts")[0]
    assert any(line.startswith("handshake ") for line in run(capsys, "flows", "--list"))


def test_parquet(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    path = str(tmp_path / "out.parquet")
    run(capsys, "flows", TRACE, "--format", "parquet", "-w", path)
    table = parquet.read_table(path)
    assert table.num_rows == len(run(capsys, "flows", TRACE)) - 1
    assert str(table.schema.field("bytes").type) == "int64"


@pytest.mark.parametrize(("words", "said"), [
    (["flows"], "name a capture file"), (["flows", TRACE, "--by", "colour"], "by takes"),
    (["flows", TRACE, "--watch"], "--watch goes with -i"),
    (["flows", TRACE, "--sort", "colour"], "no column 'colour'"),
    (["flows", TRACE, "--sort", "flows"], "no column 'flows' of flows"),
    (["flows", TRACE, "--by", "hosts", "--sort", "handshake"], "no column 'handshake' of groups"),
    (["flows", TRACE, "--format", "tsv", "-e", "colour"], "no column 'colour'"),
    (["flows", TRACE, "--format", "parquet"], "name it with -w"),
    (["rates", TRACE, "--plot", "a.gif"], "--plot writes .svg or .png"),
    (["rates", TRACE, "-i", "lo"], "name a capture file"),
    (["flows", "/nowhere.pcap"], "/nowhere.pcap")])
def test_what_is_wrong_is_said(words: list[str], said: str,
                               capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) != 0
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("words", [
    ["flows", TRACE, "tcp", "port", "443"], ["rates", "not (udp or arp)", TRACE],
    ["flows", "-i", "lo", "udp"], ["table", TRACE, "host", "10.0.0.1"]])
def test_a_filter_in_the_place_of_a_file(words: list[str],
                                         capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 1
    assert "is a filter and no file: put it behind --filter" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["tcp.pcap", "portrange", "trace"])
def test_a_missing_file_is_no_filter(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["flows", name]) == 1
    assert f"{name}: No such file" in capsys.readouterr().err


@pytest.mark.parametrize("column", ["bytes", "handshake", "name", "server_port"])
def test_sorted_the_largest_first(column: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What has no value comes last; of equal ones the first that ended comes first."""
    def values(*words: str) -> list[tuple[object, int]]:
        rows = map(json.loads, run(capsys, "flows", TRACE, "--format", "json", *words))
        return [(row[column], row["number"]) for row in rows]
    expected = sorted(values(), key=lambda one: (one[0] is not None, one[0]), reverse=True)
    assert values("--sort", column) == expected
    assert values("--sort", column, "--top", "3") == expected[:3]


@pytest.mark.parametrize(("by", "said"), [
    ("hosts", r"\d+\.\d+\.\d+\.\d+ "), ("ports", r"\w+ +\* +port \d+ "),
    ("subnet/8", r"\d+\.0\.0\.0/8 ")])
def test_groups_as_text(by: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    lines = run(capsys, "flows", TRACE, "--by", by)
    assert lines[0].split()[-2:] == ["FLOWS", "NOTES"]
    assert any(re.search(said, line) for line in lines[1:])


@pytest.mark.parametrize(("size", "said"), [
    (0, "0"), (12.3, "12"), (9999, "9999"), (10_000, "10k"), (9_999_000, "9999k"), (10**7, "10M"),
    (10**18, "1000000T")])
def test_sizes(size: float, said: str) -> None:
    from fyke.conversations.flow_cells import octets
    assert octets(size) == said


@pytest.mark.parametrize(("time", "said"), [
    (0, "0"), (999, "999 ns"), (1000, "1 µs"), (1_050, "1.05 µs"), (12_340, "12.3 µs"),
    (1_234_567, "1.23 ms"), (2_966_000_000, "2.97 s"), (10**12, "1000 s"), (-5_000_000, "-5 ms"),
    (999_600, "1 ms"), (9_996_000, "10 ms"), (99_960_000, "100 ms")])  # rounded first
def test_times(time: int, said: str) -> None:
    from fyke.conversations.flow_cells import seconds
    assert seconds(time) == said


def test_rates(capsys: pytest.CaptureFixture[str]) -> None:
    lines = run(capsys, "rates", TRACE, "--interval", "0.01", "--by", "protocol")
    assert lines[0].split() == ["TIME", "PACKETS", "BYTES", "BIT/S"]
    assert any(line.startswith("ether ") for line in lines)
    rows = [line.split("\t") for line in run(capsys, "rates", TRACE, "--interval", "0",
                                             "--format", "tsv")]
    assert rows[0] == ["start", "end", "packets", "bytes"]
    assert len(rows) == 2
    (row,) = run(capsys, "rates", TRACE, "--format", "json", "--by", "port", "--top", "2")
    assert len(json.loads(row)["by"]) == 2
    assert json.loads(row)["packets"] == int(rows[1][2])


def test_a_plot_is_drawn_in_the_box(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    for name, head in (("a.svg", b"<?xml"), ("a.png", b"\x89PNG")):
        path = tmp_path / name
        subprocess.run([*FYKE, "rates", TRACE, "--plot", str(path), "--by", "port"], check=True,
                       capture_output=True, timeout=120)
        assert path.read_bytes().startswith(head)


def test_a_torn_file_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "torn.pcap"
    path.write_bytes(Path(TRACE).read_bytes()[:-7])
    for command in ("flows", "rates"):
        assert main([command, str(path)]) == 1
        told = capsys.readouterr()
        assert "torn.pcap" in told.err
        assert len(told.out.splitlines()) > 1
    assert main(["flows", str(path), TRACE]) == 1  # the file behind it is read, too
    assert "495 packets" in capsys.readouterr().err


def test_defragment(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from made_packets import capture, fragments, udp
    path = capture(tmp_path / "a.pcap", fragments("10.0.0.1", "10.0.0.2", 17,
                                                  udp(4000, 5000, bytes(1000)), [400, 400]))
    (line,) = run(capsys, "dump", "--defragment", "-nr", path)
    assert line.endswith("IP 10.0.0.1.4000 > 10.0.0.2.5000: UDP, length 1000")
    assert len(run(capsys, "dump", "-nr", path)) == 3
    assert run(capsys, "table", path, "--defragment", "-e", "udp.length")[1:] == ["1008"]
    out = str(tmp_path / "out.pcap")
    run(capsys, "slice", path, "--defragment", "-w", out)
    (line,) = run(capsys, "dump", "-nr", out)
    assert line.endswith("length 1000")


@pytest.mark.parametrize("words", [
    ["flows", "--idle", "1s", "--format", "json"], ["flows", "--watch", "0.3"],
    ["rates", "--interval", "1s", "--format", "tsv"]], ids=lambda words: " ".join(words[:2]))
def test_live(words: list[str], veth: tuple[str, str]) -> None:
    near, far = veth
    from made_packets import ip, udp
    running = subprocess.Popen(["nsenter", "-t", near, "-n", *FYKE, words[0], "-i", "near",
                                "--duration", "4s", *words[1:]], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)
    with sender(far, "far") as out:
        while running.poll() is None:
            out.send(ip("10.0.0.1", "10.0.0.2", 17, udp(4000, 5000, b"x")))
            time.sleep(0.05)
            if running.poll() is None and time.monotonic() % 3 < 1.5:
                time.sleep(0.2)
    told, errors = running.communicate()
    assert running.returncode == 0, errors
    if words[0] == "rates":
        assert told.startswith("start\tend\tpackets\tbytes\n")
        assert sum(int(line.split("\t")[2]) for line in told.splitlines()[1:]) > 5
    elif "--watch" in words:
        assert "flows go on" in told and "10.0.0.2:5000" in told
    else:
        (row,) = map(json.loads, told.splitlines())
        assert (row["client"], row["server_port"], row["ended_by"]) == ("10.0.0.1", 5000, "end")


def test_library_live(veth: tuple[str, str]) -> None:
    """Idle flows are told while the capture goes on, though no packet comes any more."""
    near, far = veth
    from made_packets import ip, udp
    with fyke.capture("near", netns=near, timeout=60) as tap, sender(far, "far") as out:
        out.send(ip("10.0.0.1", "10.0.0.2", 17, udp(4000, 5000, b"x")))
        flow = next(fyke.flows(tap, idle=0.5))
        assert (flow.client, flow.ended_by) == ("10.0.0.1", "idle")
