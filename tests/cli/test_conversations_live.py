"""Streams and whole datagrams of an interface, in namespaces of the test's own."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from network import sender

import fyke

sys.path.append(str(Path(__file__).parents[1] / "conversations"))

from made_packets import fragments, ip, udp
from talk import Talk

FYKE = (sys.executable, "-m", "fyke")
pytestmark = pytest.mark.live


def said() -> list[bytes]:
    """A connection that is closed, and one that goes on."""
    closed, open_ = Talk(client=("10.0.0.1", 4000)), Talk(client=("10.0.0.1", 4001))
    closed.say("client", b"GET / HTTP/1.1\r\nHost: live\r\n\r\n")
    closed.say("server", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    closed.end()
    open_.say("client", b"still there")
    return closed.frames + open_.frames


def running(namespace: str, *words: str) -> subprocess.Popen[str]:
    """A command that has begun to listen in a namespace."""
    made = subprocess.Popen(["nsenter", "-t", namespace, "-n", *FYKE, *words],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert made.stdout is not None and made.stderr is not None
    if words[0] == "dump":
        while "listening" not in made.stderr.readline():
            assert made.poll() is None
    else:
        made.stdout.readline()  # the head of the list
    return made


def test_streams_of_a_capture(veth: tuple[str, str]) -> None:
    """One comes when it is closed; the other when it was idle, though no packet comes any more."""
    near, far = veth
    with fyke.capture("near", netns=near, timeout=60) as tap, sender(far, "far") as out:
        streams = fyke.streams(tap, idle=1.5)
        for frame in said():
            out.send(frame)
        first, second = next(streams), next(streams)
    assert (first.client.port, first.state) == (4000, "closed")
    assert [message.to_dict().get("status") for message in first.messages][-1] == 200
    assert (second.client.port, second.state) == (4001, "idle")
    assert second.data("client") == b"still there"


def test_a_capture_that_is_stopped_hands_out_the_rest(veth: tuple[str, str]) -> None:
    near, far = veth
    with fyke.capture("near", netns=near, timeout=60) as tap, sender(far, "far") as out:
        threading.Timer(1.0, tap.stop).start()
        for frame in said():
            out.send(frame)
        assert [one.state for one in fyke.streams(tap)] == ["closed", "end"]


@pytest.mark.parametrize("words", [(), ("--json",)], ids=("text", "json"))
def test_stream_command(veth: tuple[str, str], words: tuple[str, ...]) -> None:
    near, far = veth
    made = running(near, "stream", "-i", "near", "--filter", "tcp") if not words else None
    if made is None:
        made = subprocess.Popen(["nsenter", "-t", near, "-n", *FYKE, "stream", "-i", "near",
                                 *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert made.stdout is not None
    with sender(far, "far") as out:
        lines: list[str] = []
        reader = threading.Thread(target=lambda: lines.append(made.stdout.readline()))
        reader.start()
        while reader.is_alive():  # the list comes while the capture goes on
            for frame in said():
                out.send(frame)
            reader.join(0.3)
    made.send_signal(signal.SIGINT)
    rest, errors = made.communicate(timeout=30)
    assert made.returncode == 0, errors
    if words:
        assert json.loads(lines[0])["state"] == "closed"
    else:
        assert "HTTP GET live/" in lines[0] and "closed" in lines[0]
    assert "10.0.0.1:4001" in rest  # what was there when it was interrupted


def test_dump_shows_whole_datagrams(veth: tuple[str, str]) -> None:
    """The filter sees the datagram: the kernel's would have refused all fragments but the first."""
    near, far = veth
    made = running(near, "dump", "-nl", "-i", "near", "-c", "3", "--defragment", "udp port 5000")
    whole = fragments("10.0.0.1", "10.0.0.2", 17, udp(4000, 5000, bytes(1000)), [400, 400])
    with sender(far, "far") as out:
        for frame in (*whole, ip("10.0.0.1", "10.0.0.2", 17, udp(4000, 6000, b"x")),
                      ip("10.0.0.1", "10.0.0.2", 17, udp(4000, 5000, b"x")), *whole[::-1]):
            out.send(frame)
    told, errors = made.communicate(timeout=30)
    assert made.returncode == 0, errors
    assert [line.rpartition(" ")[2] for line in told.splitlines()] == ["1000", "1", "1000"]


def test_what_lacks_fragments_comes_at_the_end(veth: tuple[str, str], tmp_path: Path) -> None:
    near, far = veth
    path = str(tmp_path / "out.pcap")
    made = running(near, "dump", "-i", "near", "--defragment", "-U", "-w", path)
    frames = fragments("10.0.0.1", "10.0.0.2", 17, udp(4000, 5000, bytes(1000)), [400, 400])
    with sender(far, "far") as out:
        for frame in (frames[0], ip("10.0.0.1", "10.0.0.2", 17, udp(4000, 6000, b"x"))):
            out.send(frame)
    while not Path(path).exists() or Path(path).stat().st_size < 60:
        assert made.poll() is None
        threading.Event().wait(0.05)
    made.send_signal(signal.SIGINT)
    _, errors = made.communicate(timeout=30)
    assert made.returncode == 0
    assert "1 datagrams lack fragments" in errors and "2 packets captured" in errors
    assert [packet.data for packet in fyke.read(path)][1] == frames[0]


def test_workers_cannot_put_together(capsys: pytest.CaptureFixture[str]) -> None:
    from fyke.cli.main import main
    assert main(["dump", "-i", "lo", "--workers", "2", "--count", "--defragment"]) == 1
    assert "do not go together" in capsys.readouterr().err


def test_capture_gives_whole_datagrams(veth: tuple[str, str]) -> None:
    """The filter sees the datagram; what lacks fragments comes at the end, and is told."""
    near, far = veth
    whole = fragments("10.0.0.1", "10.0.0.2", 17, udp(4000, 5000, bytes(1000)), [400, 400])
    with (fyke.capture("near", "udp", netns=near, timeout=60, defragment=True) as tap,
          sender(far, "far") as out):
        for frame in (*whole, ip("10.0.0.1", "10.0.0.2", 6, bytes(20)), *whole[::-1], whole[0]):
            out.send(frame)
        lengths = [next(tap)[fyke.Udp].length for _ in range(2)]
        tap.stop()
        rest = list(tap)
        assert tap.notes == ("1 datagrams lack fragments",)
    assert lengths == [1008, 1008] and [packet.data for packet in rest] == [whole[0]]


def test_capture_says_at_once_what_is_wrong(veth: tuple[str, str]) -> None:
    near, _ = veth
    with pytest.raises(fyke.UsageError, match="defragment"):
        fyke.capture("near", defragment="best")  # type: ignore[arg-type]
    with pytest.raises(fyke.FilterError):
        fyke.capture("near", "no such word", netns=near, defragment="drop").open()
