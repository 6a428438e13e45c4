"""The commands there are, each in a file of its name, and what they are for."""

from __future__ import annotations

COMMANDS = {
    "dump": "capture, print and save packets (tcpdump's options)",
    "filter": "show what a filter expression compiles to, and what a program means",
    "why": "say for each packet which test of a filter decided",
    "same": "decide whether two filters accept the same packets",
    "table": "print chosen fields of each packet as columns (TSV, CSV, JSON)",
    "info": "describe capture files",
    "merge": "merge capture files by time",
    "sort": "put the packets of a capture file in order of time",
    "slice": "cut capture files by time, number, filter, size or connection",
    "anonymize": "replace addresses in a capture file, keeping prefixes",
    "taps": "show who is listening on this machine",
    "plan": "run a trace through a model of the kernel and size its buffers",
    "path": "tell one packet's way through the kernel, step by step",
    "manual": "print the manual page",
    "completion": "print a script with which a shell completes fyke's options",
}
