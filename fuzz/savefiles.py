"""Fuzz target: capture files, plain and compressed, read, salvaged, counted and copied."""

from __future__ import annotations

import io

from harness import expected, run

from fyke.files.reader import open_capture
from fyke.files.salvage import Salvage
from fyke.wire import Record

MOST = 1000  # packets


def one_input(data: bytes) -> None:
    expected(lambda: drain(open_capture(io.BytesIO(data))))
    expected(lambda: drain(Salvage(open_capture(io.BytesIO(data)))))


def drain(source: object) -> None:
    packet = Record()
    for _ in range(MOST):
        if not source.next(packet):  # type: ignore[attr-defined]
            return


if __name__ == "__main__":
    run(one_input)
