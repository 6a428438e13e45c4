"""fyke extract: HTTP, SMTP, FTP and TFTP into a folder, and nothing outside of it."""

from __future__ import annotations

import csv
import gzip
import hashlib
import struct
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from talk import CLIENT, SERVER, Talk, save, udp
from test_messages import chunked, with_length

from fyke.cli.main import main
from fyke.conversations.found import safe_name
from fyke.errors import OutputError
from fyke.files.beneath import Beneath

NAMES = ("index.html", "../../etc/passwd", "..", ".", "", "a/b\\c", "/etc/shadow", "x\0y", "~root",
         "-rf", ".bashrc", "CON", "a" * 5000, "é\u202egpj.exe", "a\nb", "$(id)", "%2e%2e%2f")


def extract(tmp_path: Path, frames: list[bytes], *words: str) -> tuple[list[dict[str, str]], int]:
    """Rows of the index, and the exit status; each file is what its row says."""
    path = save(tmp_path / "in.pcap", frames)
    folder = tmp_path / "out"
    status = main(["extract", str(path), "-d", str(folder), *words])
    with open(folder / "index.tsv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    for row in rows:
        data = (folder / row["file"]).read_bytes()
        assert len(data) == int(row["bytes"])
        assert hashlib.sha256(data).hexdigest() == row["sha256"]
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        [row["file"] for row in rows] + ["index.tsv"])
    return rows, status


def get(target: str, reply: bytes, client: tuple[str, int] = CLIENT) -> list[bytes]:
    talk = Talk(client=client)
    talk.say("client", f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    for at in range(0, len(reply), 1400):
        talk.say("server", reply[at:at + 1400])
    talk.end()
    return talk.frames


def test_http(tmp_path: Path) -> None:
    text = b"<p>hello</p>" * 500
    frames = (get("/dir/page.html?x=1", chunked(text))
              + get("/", with_length(gzip.compress(text), b"Content-Encoding: gzip",
                                     b"Content-Type: text/html; charset=utf-8"), ("10.0.0.3", 1))
              + get("/d", with_length(b"PDF", b'Content-Disposition: attachment; '
                                      b'filename="../../report 1.pdf"'), ("10.0.0.4", 1)))
    talk = Talk(client=("10.0.0.5", 1))
    talk.say("client", b"POST /up HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc")
    rows, status = extract(tmp_path, frames + talk.frames)
    assert status == 0
    assert [(row["file"], row["bytes"], row["name"], row["complete"]) for row in rows] == [
        ("0001-page.html", "6000", "/dir/page.html", "yes"),
        ("0002-index.html", "6000", "index", "yes"),
        ("0003-report_1.pdf", "3", "../../report 1.pdf", "yes"), ("0004-up", "3", "/up", "yes")]
    assert (tmp_path / "out" / "0002-index.html").read_bytes() == text


def test_mail(tmp_path: Path) -> None:
    talk = Talk(server=("10.0.0.2", 25))
    talk.say("server", b"220 hello\r\n")
    for line, reply in ((b"EHLO me\r\n", b"250 hi\r\n"), (b"MAIL FROM:<a@x>\r\n", b"250 ok\r\n"),
                        (b"RCPT TO:<b@x>\r\n", b"250 ok\r\n"), (b"DATA\r\n", b"354 go\r\n"),
                        (b"Subject: one\r\n\r\n..dot\r\nDATA\r\n.\r\n", b"250 ok\r\n"),
                        (b"BDAT 5\r\nhello", b"250 ok\r\n"),
                        (b"BDAT 6 LAST\r\n world", b"250 ok\r\n"), (b"DATA\r\n", b"354 go\r\n"),
                        (b"cut off", b"")):
        talk.say("client", line)
        talk.say("server", reply)
    rows, _ = extract(tmp_path, talk.frames)
    assert [(row["file"], row["complete"]) for row in rows] == [
        ("0001-mail.eml", "yes"), ("0002-mail.eml", "yes"), ("0003-mail.eml", "no")]
    read = [(tmp_path / "out" / row["file"]).read_bytes() for row in rows]
    assert read == [b"Subject: one\r\n\r\n.dot\r\nDATA\r\n", b"hello world", b"cut off"]


def mailed(text: bytes) -> list[bytes]:
    talk = Talk(server=("10.0.0.2", 25))
    talk.say("server", b"220 hello\r\n")
    talk.say("client", b"DATA\r\n")
    talk.say("server", b"354 go\r\n")
    for at in range(0, len(text), 1400):
        talk.say("client", text[at:at + 1400])
    talk.say("client", b"\r\n.\r\n")
    return talk.frames


def test_what_is_attached_to_a_mail(tmp_path: Path) -> None:
    """Base64, quoted-printable, a name of RFC 2231 and one of RFC 2047, a mail in a mail."""
    from email.message import EmailMessage
    inner = EmailMessage()
    inner.set_content("inner")
    inner.add_attachment(b"deep", maintype="application", subtype="zip", filename="deep.zip")
    mail = EmailMessage()
    mail["Subject"] = "two"
    mail.set_content("see what is attached")
    mail.add_attachment(bytes(range(256)), maintype="image", subtype="png", filename="../é.png")
    mail.add_attachment("text = näher\n", filename="notes.txt", cte="quoted-printable")
    mail.add_attachment(inner)
    text = bytes(mail).replace(b"filename=\"notes.txt\"", b"filename=\"=?utf-8?B?bm90ZXMudHh0?=\"")
    rows, status = extract(tmp_path, mailed(text.replace(b"\n", b"\r\n")))
    assert status == 0
    assert [(row["file"], row["name"], row["type"], row["complete"]) for row in rows] == [
        ("0001-mail.eml", "mail.eml", "message/rfc822", "yes"),
        ("0002-png.png", "../é.png", "image/png", "yes"),
        ("0003-notes.txt", "notes.txt", "text/plain", "yes"),
        ("0004-deep.zip", "deep.zip", "application/zip", "yes")]
    read = [(tmp_path / "out" / row["file"]).read_bytes() for row in rows[1:]]
    assert read == [bytes(range(256)), "text = näher\r\n".encode(), b"deep"]


@pytest.mark.parametrize("text", [
    b"".join(b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n)
             for n in range(3000)),
    b"Content-Disposition: attachment; filename=\"=?x?B?!?=\"\r\n\r\nx",
    b"Content-Disposition: attachment; filename*=no-charset''%ff\r\n\r\nx",
    b"Content-Type: message/rfc822; name=x\r\nContent-Transfer-Encoding: uuencode\r\n\r\nbegin"],
    ids=("nested", "coded name", "charset", "uuencode"))
def test_hostile_mails(tmp_path: Path, text: bytes) -> None:
    rows, status = extract(tmp_path, mailed(text))
    assert status == 0 and rows[0]["file"] == "0001-mail.eml" and len(rows) <= 2


def data_connection(client: tuple[str, int], server: tuple[str, int], side: str,
                    data: bytes) -> list[bytes]:
    talk = Talk(client=client, server=server)
    for at in range(0, len(data), 1000):
        talk.say(side, data[at:at + 1000])
    talk.end()
    return talk.frames


def test_ftp(tmp_path: Path) -> None:
    """Passive, extended passive and active; the control connection goes on all the while."""
    content = [bytes([48 + n]) * 2500 for n in range(4)]
    control = Talk(client=("10.0.0.1", 5000), server=("10.0.0.2", 21))
    frames: list[bytes] = []

    def say(side: str, line: str) -> None:
        control.say(side, line.encode() + b"\r\n")

    def carry(more: list[bytes]) -> None:
        frames.extend(control.frames)
        control.frames.clear()
        frames.extend(more)

    say("server", "227 Entering Passive Mode (10,0,0,2,200,10).")
    say("client", "RETR /pub/one.bin")
    carry(data_connection(("10.0.0.1", 5001), ("10.0.0.2", 51210), "server", content[0]))
    say("server", "229 Entering Extended Passive Mode (|||51211|)")
    say("client", "STOR ../two.bin")
    carry(data_connection(("10.0.0.1", 5002), ("10.0.0.2", 51211), "client", content[1]))
    say("client", "PORT 10,0,0,1,20,20")
    say("client", "RETR three.bin")
    carry(data_connection(("10.0.0.2", 20), ("10.0.0.1", 5140), "client", content[2]))
    say("client", "EPRT |1|10.0.0.1|5141|")
    say("client", "RETR four.bin")
    carry(data_connection(("10.0.0.2", 20), ("10.0.0.1", 5141), "client", content[3]))
    say("server", "227 Entering Passive Mode (10,0,0,2,200,20).")
    say("client", "LIST")
    carry(data_connection(("10.0.0.1", 5003), ("10.0.0.2", 51220), "server", b"a list"))
    rows, _ = extract(tmp_path, frames)
    assert [(row["file"], row["name"], row["complete"]) for row in rows] == [
        ("0001-one.bin", "/pub/one.bin", "yes"), ("0002-two.bin", "../two.bin", "yes"),
        ("0003-three.bin", "three.bin", "yes"), ("0004-four.bin", "four.bin", "yes")]
    assert [(tmp_path / "out" / row["file"]).read_bytes() for row in rows] == content


@pytest.mark.parametrize("kind", (1, 2))
def test_tftp(tmp_path: Path, kind: int) -> None:
    data = bytes(range(256)) * 5
    client, asked, server = ("10.0.0.1", 3000), ("10.0.0.2", 69), ("10.0.0.2", 3500)
    frames = [udp(client, asked, struct.pack("!H", kind) + b"../boot.img\0octet\0")]
    sender, receiver = (server, client) if kind == 1 else (client, server)
    for number in range(1, len(data) // 512 + 2):
        block = struct.pack("!HH", 3, number) + data[512 * number - 512:512 * number]
        frames += [udp(sender, receiver, block)] * 2
        frames.append(udp(receiver, sender, struct.pack("!HH", 4, number)))
    rows, _ = extract(tmp_path, frames)
    assert [(row["file"], row["name"], row["complete"]) for row in rows] == [
        ("0001-boot.img", "../boot.img", "yes")]
    assert (tmp_path / "out" / "0001-boot.img").read_bytes() == data


def test_limits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bomb = with_length(gzip.compress(bytes(1 << 20)), b"Content-Encoding: gzip")
    frames = [frame for n in range(5) for frame in get("/b", bomb, ("10.0.1.1", n + 1))]
    rows, status = extract(tmp_path, frames, "--max-size", "1000", "--max-total", "2500")
    assert [(row["bytes"], row["complete"]) for row in rows] == [
        ("1000", "no"), ("1000", "no"), ("500", "no")]
    assert status == 0 and "2 more were left out" in capsys.readouterr().err


def test_nothing_is_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("mine")
    path = save(tmp_path / "in.pcap", get("/a", with_length(b"x")))
    assert main(["extract", str(path), "-d", str(tmp_path / "out")]) == 1
    assert "is not empty" in capsys.readouterr().err
    assert [one.name for one in (tmp_path / "out").iterdir()] == ["mine"]


@given(st.text(max_size=200))
@example("..")
@example("x/../../y")
@example("\udcff/\0")
def test_names_are_safe(name: str) -> None:
    safe = safe_name(name, "text/html")
    assert safe and "/" not in safe and not safe.startswith((".", "-", "_")) and safe.isascii()
    assert safe.isprintable() and len(safe) <= 112


def test_hostile_names_stay_inside(tmp_path: Path) -> None:
    frames = [frame for n, name in enumerate(NAMES) for frame in get(
        "/x", with_length(b"y", b"Content-Disposition: x; filename*=utf-8''" + "".join(
            f"%{octet:02x}" for octet in name.encode()).encode()), ("10.0.2.1", n + 1))]
    before = sorted(str(one) for one in tmp_path.parent.iterdir())
    rows, status = extract(tmp_path, frames)
    assert status == 0 and len(rows) == len(NAMES)
    assert sorted(str(one) for one in tmp_path.parent.iterdir()) == before


@pytest.mark.parametrize("without", (False, True))
def test_beneath(tmp_path: Path, without: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the kernel has no openat2."""
    if without:
        monkeypatch.setattr("fyke.files.beneath.SYS_OPENAT2", 100_000)
    folder = Beneath(str(tmp_path / "in"))
    for name in ("../out", "/tmp/x", "a/b", "..", ".", "", "x\0y"):
        with pytest.raises(OutputError):
            folder.write(name, b"")
    (tmp_path / "in" / "link").symlink_to(tmp_path / "out")
    with pytest.raises(OutputError):
        folder.write("link", b"")
    folder.write("fine", b"data")
    with pytest.raises(OutputError, match="File exists"):
        folder.write("fine", b"")
    folder.close()
    assert (tmp_path / "in" / "fine").read_bytes() == b"data"
    assert not (tmp_path / "out").exists()


def test_the_ends(tmp_path: Path) -> None:
    rows, _ = extract(tmp_path, get("/a", with_length(b"x")))
    assert rows[0]["from"] == "{}:{}".format(*SERVER) and rows[0]["to"] == "{}:{}".format(*CLIENT)
    assert rows[0]["stream"] == "tcp:0" and rows[0]["protocol"] == "http"
