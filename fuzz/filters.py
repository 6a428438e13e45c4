"""Fuzz target: filter expressions, compiled for a link type and run on a packet."""

from __future__ import annotations

from harness import expected, run

from fyke.filter.compile import compile
from fyke.filter.resolver import Resolver
from fyke.linktypes import by_number
from fyke.wire import Record

LINKS = (1, 0, 101, 105, 113, 127, 276, 143, 9, 10, 6, 100, 104, 107, 119, 121, 192, 195)
NAMES = Resolver(hosts="192.0.2.1 host\n", services="www 80/tcp\n", protocols="tcp 6\n")


def one_input(data: bytes) -> None:
    if not data:
        return
    link = by_number(LINKS[data[0] % len(LINKS)]).name
    expression = data[1:400].decode("utf-8", "replace")

    def compiled() -> None:
        program = compile(expression, link_type=link, resolver=NAMES, optimize=bool(data[0] & 64))
        program.machine().run(Record(data[1:] * 4))

    expected(compiled)


if __name__ == "__main__":
    run(one_input)
