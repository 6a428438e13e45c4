"""fyke sql: captures asked in SQL."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import fyke
import fyke.wire
from fyke.cli.sql import Query

if not fyke.wire.__file__.endswith(".so"):  # ctypes makes memory that is written and run
    pytest.skip("uncompiled, batches need memory that the box forbids", allow_module_level=True)
pytest.importorskip("duckdb")
pytest.importorskip("pyarrow")


def frame(port: int, host: int) -> bytes:
    return bytes(12) + b"\x08\0" + bytes.fromhex("450000280000000040060000") + bytes(
        [10, 0, 0, host, 10, 0, 0, 99]) + port.to_bytes(2, "big") + b"\x01\xbb" + bytes(
            8) + b"\x50\x02" + bytes(6)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("sql")
    for name, hosts in (("one.pcap", (1, 1, 2)), ("two.pcap", (1, 3))):
        with fyke.write(str(where / name)) as out:
            for number, host in enumerate(hosts):
                out.add(fyke.Packet(frame(1000 + host, host), time=1_700_000_000_000_000_000
                                    + number))
    octets = (where / "one.pcap").read_bytes()
    (where / "torn.pcap").write_bytes(octets[:-10])
    return where


def sql(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "fyke", "sql", *words], cwd=folder, timeout=120,
                          capture_output=True, text=True)


def test_the_top_talkers_of_a_pattern(folder: Path) -> None:
    done = sql(folder, "select \"ip.src\", count(*) as n from '[ot][nw][eo].pcap' group by 1 "
               "order by 2 desc, 1")
    assert (done.stdout, done.stderr, done.returncode) == (
        "ip.src,n\n10.0.0.1,3\n10.0.0.2,1\n10.0.0.3,1\n", "", 0)


def test_table_and_json_and_names_without_quotes(folder: Path) -> None:
    done = sql(folder, "--format", "table", "select ip.src, max(tcp.src_port) as port from "
               "'one.pcap' where tcp.dst_port = 443 group by all order by all")
    assert done.stdout == ("ip.src    port\n────────  ────\n10.0.0.1  1001\n10.0.0.2  1002\n")
    done = sql(folder, "--format", "json", "select tcp.src_port, tcp.flags.syn, vlan.id from "
               "'two.pcap' limit 1")
    assert json.loads(done.stdout) == {"tcp.src_port": 1001, "tcp.flags.syn": True,
                                       "vlan.id": None}


def test_a_written_file_is_joined_with_a_capture(folder: Path) -> None:
    assert sql(folder, "-w", "hosts.parquet", "select distinct ip.src from 'one.pcap'"
               ).returncode == 0
    done = sql(folder, "select count(*) as n from 'two.pcap' a join 'hosts.parquet' b on "
               "a.\"ip.src\" = b.\"ip.src\"")
    assert done.stdout == "n\n1\n"


def test_a_torn_file_gives_its_whole_packets_and_is_told(folder: Path) -> None:
    done = sql(folder, "select count(*) as n from 'torn.pcap'")
    assert done.stdout == "n\n2\n" and done.returncode == 1
    assert "torn.pcap: truncated dump file" in done.stderr


@pytest.mark.parametrize(("query", "told"), [
    ("select ip.scr from 'one.pcap'", "there is no column 'ip.scr'"),
    ("select 1 from 'none.pcap'", "none.pcap: no such file"),
    ("selec 1", "syntax error"),
    ("select 1 from 'one.pcap' where 'x", "unterminated"),
])
def test_errors_are_one_line(folder: Path, query: str, told: str) -> None:
    done = sql(folder, query)
    assert done.returncode == 1 and done.stdout == ""
    assert told in done.stderr and done.stderr.count("\n") == 1
    assert done.stderr.startswith("fyke sql: ")


def test_what_a_packet_says_steers_no_terminal(folder: Path) -> None:
    done = sql(folder, "--format", "table", "select 'a' || chr(27) || '[2J' as \"x\ny\"")
    assert "\x1b" not in done.stdout and done.stdout.count("\n") == 3


def test_a_query_is_read_for_its_columns_and_captures(folder: Path,
                                                      monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    query = Query("select dns.id, a.time, 'ip.src', \"udp.length\" -- tcp.seq 'two.pcap'\n"
                  "from 'one.pcap' a /* \"tcp.ack\" */ where x = 'it''s'")
    assert set(query.tables) == {"one.pcap"}
    assert {"dns.id", "udp.length"} <= set(query.names)
    assert not {"tcp.seq", "tcp.ack", "a.time"} & set(query.names)
    assert query.text.startswith('select "dns.id", a.time, \'ip.src\', "udp.length" --')


def test_the_engine_is_loaded_without_capabilities(folder: Path) -> None:
    """At the moment when it is imported, the process has none, and can gain none."""
    code = ("import sys, importlib.abc\n"
            "class Look(importlib.abc.MetaPathFinder):\n"
            "    def find_spec(self, name, path=None, target=None):\n"
            "        if name in ('duckdb', 'pyarrow'):\n"
            "            print(name, [line.split()[1] for line in open('/proc/self/status')\n"
            "                         if line.startswith(('CapEff', 'CapPrm', 'NoNewPrivs'))])\n"
            "sys.meta_path.insert(0, Look())\n"
            "sys.argv = ['fyke', 'sql', \"select count(*) from 'one.pcap'\"]\n"
            "from fyke.cli.main import command\n"
            "command()\n")
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True,
                          timeout=120)
    told = [line for line in done.stdout.splitlines() if line.startswith(("duckdb", "pyarrow"))]
    assert told and done.stdout.endswith("3\n"), done
    assert all("['0000000000000000', '0000000000000000', '1']" in line for line in told)


def test_jobs_give_the_same_rows(folder: Path) -> None:
    query = ("select ip.src, count(*) as n, max(tcp.src_port) as port from '[ot][nw][eo].pcap' "
             "where tcp.dst_port = 443 group by 1 order by 1")
    one, two = sql(folder, query), sql(folder, "--jobs", "2", query)
    assert two.stdout == one.stdout and one.stdout.count("\n") == 4
    assert two.returncode == 0 and not two.stderr
    torn = sql(folder, "--jobs", "2", "select count(*) as n from 'torn.pcap'")
    assert (torn.stdout, torn.returncode) == ("n\n2\n", 1)
    assert "torn.pcap: truncated dump file" in torn.stderr
