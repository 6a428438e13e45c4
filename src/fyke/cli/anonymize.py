"""fyke anonymize: a capture without identities."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import closing

from fyke.anonymous.anonymizer import PAYLOADS, Anonymizer, Anonymous
from fyke.cli import rights
from fyke.cli.parsing import Parser
from fyke.cli.progress import Progress
from fyke.dump.mixture import refuse_mixture
from fyke.dump.pour import pour
from fyke.errors import UsageError
from fyke.files.copying import create_like, format_like, refuse_overwriting
from fyke.files.formats import NAMES
from fyke.files.reader import open_capture


def parser() -> argparse.ArgumentParser:
    made = Parser(
        prog="fyke anonymize", description="Replace MAC and IP addresses so that common prefixes "
        "stay common; the same key gives the same replacements. Checksums are mended. Comments "
        "and everything else that is no packet is left out.")
    made.add_argument("file", metavar="FILE", help="a capture, or - for standard input")
    made.add_argument("-w", "--write", required=True, metavar="FILE",
                      help="where to: format and compression by suffix, - for standard output")
    made.add_argument("--format", choices=NAMES, help="instead of the suffix")
    made.add_argument("--key-file", metavar="FILE",
                      help="a secret of at least 16 bytes; without it, a key is made up that "
                      "nobody will ever know")
    made.add_argument("--payload", choices=PAYLOADS, default="zero",
                      help="what becomes of what applications said: emptied (the default), not "
                      "captured, or kept, addresses and names in it included")
    return made


def read_key(path: str | None) -> bytes:
    """The key; UsageError for one that could be guessed."""
    if path is None:
        return os.urandom(32)
    with open(path, "rb") as file:
        key = file.read()
    if len(key) < 16:
        raise UsageError(f"{path}: a key needs at least 16 bytes, this one has {len(key)}; "
                         "head -c 32 /dev/urandom makes one")
    return key


def run(arguments: list[str]) -> int:
    """Write the anonymous copy; a damaged file gives what is whole, and exit status 1."""
    options = parser().parse_args(arguments)
    refuse_overwriting(options.write, [options.file])
    anonymizer = Anonymizer(read_key(options.key_file), options.payload)
    source = Anonymous(open_capture(options.file), anonymizer)
    with closing(source):
        refuse_mixture(options.write, format_like(options.write, source, options.format),
                       [options.file], lambda: open_capture(options.file))
        sink = create_like(options.write, source, format=options.format)
        rights.enter("anonymize", options.sandbox, read=[options.file])
        with Progress(source, [options.file], lambda: sink.taken) as progress:
            count, damage = pour(source, sink, [options.file], progress.turn)
    sys.stderr.write(f"{count} packets written, {anonymizer.not_understood} of them not "
                     f"understood beyond the link header; payload: {options.payload}\n")
    if anonymizer.not_mended:
        sys.stderr.write(f"fyke anonymize: {anonymizer.not_mended} checksums of datagrams whose "
                         "fragments are not all in the file could not be mended\n")
    if damage is not None:
        sys.stderr.write(f"fyke anonymize: {damage}\n")
        return 1
    return 0
