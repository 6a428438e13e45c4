"""fyke sql: captures asked in SQL, by DuckDB, which is loaded when all rights are given up."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterator
from typing import Any

from fyke.cli import rights
from fyke.cli.amounts import positive
from fyke.cli.interrupted import end_when_interrupted
from fyke.cli.parsing import Parser
from fyke.columns.extras import library
from fyke.columns.schema import USUAL
from fyke.columns.sources import is_address
from fyke.columns.workers import Team
from fyke.errors import FykeError, SavefileError, UsageError, harmless
from fyke.files.paths import expand, looks_like_capture
from fyke.tables.columns import Column
from fyke.tables.forms import as_json, cell, comma

#: Rows that a table on a terminal has at most.
SHOWN = 1000
WIDEST = 60  # characters of a cell there
FORMS = {".parquet": "format parquet, compression zstd", ".csv": "format csv, header",
         ".jsonl": "format json", ".arrow": ""}
#: Text, names in quotes, comments, words with dots: what a query is made of, as far as it matters.
TOKEN = re.compile(r"'(?P<text>(?:[^']|'')*)'|\"(?P<name>(?:[^\"]|\"\")*)\"|--[^\n]*|/\*.*?\*/"
                   r"|(?P<word>[A-Za-z_][\w-]*(?:\.[A-Za-z_]\w*)*(?:#-?\d+)?)|.", re.DOTALL)


def parser() -> argparse.ArgumentParser:
    made = Parser(
        prog="fyke sql", description="Ask captures in SQL: select ip.src, count(*) from 'x.pcap' "
        "group by 1 order by 2 desc limit 10. Columns are those of fyke table --list; a table is a "
        "file, a folder, a pattern or an address in quotes. Other files that DuckDB knows can be "
        "joined with them.")
    made.add_argument("query", metavar="QUERY", help="what is asked, in DuckDB's SQL")
    made.add_argument("--format", choices=("table", "csv", "json"),
                      help="a table for people (the default on a terminal), comma-separated, or a "
                      "JSON object a line")
    made.add_argument("-w", dest="write", metavar="FILE",
                      help="write a file instead: .parquet, .arrow, .csv or .jsonl")
    made.add_argument("--jobs", type=positive, default=1, metavar="N",
                      help="read the captures in N processes (default: 1)")
    return made


def run(arguments: list[str]) -> int:
    """Answer the query; the exit status."""
    options = parser().parse_args(arguments)
    suffix = os.path.splitext(options.write or "")[1]
    if options.write and suffix not in FORMS:
        raise UsageError(f"{harmless(options.write)}: -w writes {', '.join(FORMS)}")
    for text in filter(None, (options.query, options.write)):
        if any("\udc80" <= letter <= "\udcff" for letter in text):  # what surrogateescape makes
            raise UsageError(f"{harmless(text)} is not UTF-8, and DuckDB takes nothing else: "
                             "rename the file, or name its folder")
    query = Query(options.query)
    if options.jobs > 1:
        reads = [*query.files(), *own_limits()]
        query.team = Team(options.jobs, lambda: rights.enter(
            "sql", options.sandbox, read=[*reads, f"/proc/{os.getpid()}"]))
    rights.enter("sql", options.sandbox, read=[*query.files(), *own_limits()],
                 write=[os.path.dirname(options.write) or "."] if options.write else [])
    end_when_interrupted("fyke sql")
    duckdb = library("duckdb", "sql")
    base = duckdb.connect(config={"autoinstall_known_extensions": "false",
                                  "autoload_known_extensions": "false"})
    try:
        base.execute("set TimeZone = 'UTC'; set python_enable_replacements = false")
        for table in query.tables:
            base.register(table, query.dataset(table))
        if suffix == ".arrow":
            write_arrow(base.sql(query.text), options.write)
        elif options.write:
            target = options.write.replace("'", "''")
            base.execute(f"copy ({query.text.rstrip().rstrip(';')}) to '{target}' "
                         f"({FORMS[suffix]})")
        else:
            answer = base.sql(query.text)
            if answer is not None:
                form = options.format or ("table" if sys.stdout.isatty() else "csv")
                Answer(answer, form).show()
    except duckdb.Error as error:
        raise explained(error, query) from error
    finally:
        base.close()
        if query.team is not None:
            query.team.close()
    for damaged in query.damage:
        sys.stderr.write(f"fyke sql: {damaged}\n")
    return 1 if query.damage else 0


def own_limits() -> list[str]:
    """What DuckDB and pyarrow look at to see how much memory and how many processors are theirs."""
    return [path for path in (f"/proc/{os.getpid()}", "/proc/meminfo", "/proc/cpuinfo",
                              "/sys/fs/cgroup", "/sys/devices/system/cpu")
            if os.path.exists(path)]


class Query:
    """A query, the captures that are its tables, and the columns that it names."""

    def __init__(self, text: str) -> None:
        self.tables: dict[str, Any] = {}
        self.others: list[str] = []
        self.unknown: list[str] = []  # words with dots that are no columns
        self.damage: list[SavefileError] = []
        self.team: Team | None = None
        self.names: dict[str, None] = dict.fromkeys(USUAL)
        self.text = TOKEN.sub(self.token, text)

    def token(self, found: re.Match[str]) -> str:
        """A piece of the text, as DuckDB should have it."""
        quoted = found["text"] if found["text"] is not None else found["name"]
        if quoted is not None:
            self.named(quoted.replace("''", "'").replace('""', '"'), found["name"] is not None)
        elif found["word"] is not None and "." in found["word"]:
            if is_column(found["word"]):
                self.names[found["word"]] = None
                return f'"{found["word"]}"'
            self.unknown.append(found["word"])
        elif found["word"] in PACKET:
            self.names[found["word"]] = None
        return found[0]

    def named(self, name: str, identifier: bool) -> None:
        """Something in quotes: a column, a capture, another file, or just text."""
        if identifier and is_column(name):
            self.names[name] = None
        elif is_address(name):
            self.tables[name] = name
        elif "/" in name or "." in name or "*" in name or os.path.exists(name):
            try:
                files = expand([name])
            except FykeError:
                return  # text, or a file that DuckDB says is not there
            if all(map(os.path.isfile, files)):
                if looks_like_capture(files[0]):
                    self.tables[name] = files
                else:
                    self.others += files

    def files(self) -> list[str]:
        """All that is read."""
        found = [*self.others]
        for table in self.tables.values():
            found += [table] if isinstance(table, str) else table
        return [path for path in found if not is_address(path)]

    def dataset(self, table: str) -> Any:
        """A table for DuckDB: it asks for columns and rows."""
        from fyke.columns.for_arrow import dataset
        from fyke.columns.opening import scan
        found = scan(self.tables[table], list(self.names), None, "pcap", "text")
        return dataset(found.asked, self.damage, self.team)


PACKET = ("date", "captured_length", "interface", "link_type", "layers", "comments", "text")


def is_column(name: str) -> bool:
    """Whether a name is a column's."""
    if not re.fullmatch(r"[\w.#-]+", name):
        return False
    try:
        Column(name)
    except UsageError:
        return False
    return True


def write_arrow(answer: Any, path: str) -> None:
    """The rows of an answer into an Arrow file. Raises OutputError, UsageError."""
    from fyke.columns.sinks import ArrowSink, create
    if answer is None:
        raise UsageError("this query answers no rows: there is nothing to write")
    batches = reader_of(answer)
    sink = ArrowSink(create(path), "arrow", batches.schema)
    for batch in batches:
        sink.write(batch)
    sink.close()


def reader_of(answer: Any) -> Any:
    """An answer as batches of pyarrow."""
    read = getattr(answer, "to_arrow_reader", None) or answer.fetch_record_batch
    return read(10_000)


class Answer:
    """The rows of an answer, as they are written out: nothing of a packet steers a terminal."""

    def __init__(self, answer: Any, form: str) -> None:
        self.names = list(map(harmless, answer.columns))
        self.batches = reader_of(answer)
        self.form = form

    def rows(self) -> Iterator[list[Any]]:
        """Each row, values as JSON knows them."""
        for batch in self.batches:
            yield from map(list, zip(*(plain(column) for column in batch.columns), strict=True))

    def show(self) -> None:
        out = sys.stdout
        if self.form == "table":
            self.table()
        elif self.form == "csv":
            write = comma(out, self.names, True)
            for row in self.rows():
                write(row)
        else:
            for row in self.rows():
                out.write(as_json(dict(zip(self.names, row, strict=True))) + "\n")

    def table(self) -> None:
        """Columns under each other, numbers to the right."""
        rows: list[list[str]] = []
        right, more = [False] * len(self.names), False
        for row in self.rows():
            if len(rows) == SHOWN:
                more = True
                break
            right = [known or isinstance(value, (int, float)) for known, value in
                     zip(right, row, strict=True)]
            rows.append([shortened(cell(value)) for value in row])
        widths = [max(map(len, column)) for column in zip(self.names, *rows, strict=True)]
        for row in (self.names, ["─" * width for width in widths], *rows):
            sys.stdout.write("  ".join(
                value.rjust(width) if side else value.ljust(width)
                for value, width, side in zip(row, widths, right, strict=True)).rstrip() + "\n")
        if more:
            sys.stdout.write(f"… the first {SHOWN} rows; --format csv or json gives all\n")


def shortened(text: str) -> str:
    return text if len(text) <= WIDEST else text[:WIDEST - 1] + "…"


def plain(column: Any) -> list[Any]:
    """The values of an Arrow column: times as text, whole decimals as integers."""
    arrow = library("pyarrow", "sql")
    if arrow.types.is_temporal(column.type):
        column = column.cast(arrow.string())
    return [as_number(value) for value in column.to_pylist()]


def as_number(value: Any) -> Any:
    if value.__class__.__name__ == "Decimal":
        return int(value) if value == value.to_integral_value() else float(value)
    return value.hex() if isinstance(value, bytes) else value


def explained(error: Exception, query: Query) -> FykeError:
    """DuckDB's error in one line, and what to do about a name that it does not know."""
    text = " ".join(str(error).split()).partition(" Detail: Python exception: ")[0]
    missing = re.match(r"Catalog Error: Table with name (\S+) does not exist", text)
    if missing is not None and re.search(r"[./*]", missing[1]):
        return SavefileError(f"{harmless(missing[1])}: no such file, or none that is a capture")
    if text.startswith("Binder Error"):
        for name in query.unknown:
            try:
                Column(name)
            except UsageError as hint:
                return UsageError(f"{hint} (fyke table --list tells the columns)")
    return UsageError(harmless(text[:400]))
