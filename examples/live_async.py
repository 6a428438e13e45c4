"""The same beside other work, with asyncio: ``live_async.py INTERFACE COUNT [EXPRESSION]``."""

import asyncio
import sys

import fyke


async def watch(interface: str, count: int, expression: str) -> None:
    with fyke.capture(interface, filter=expression) as tap:
        print(f"listening on {interface}", file=sys.stderr, flush=True)
        seen = 0
        async for packet in tap:
            print(packet, flush=True)
            seen += 1
            if seen == count:
                return


asyncio.run(watch(sys.argv[1], int(sys.argv[2]), " ".join(sys.argv[3:])))
