"""The options that every verb with a query has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click

from overproof.cli.picture_options import picture_options
from overproof.cli.places import check_apart, check_file, check_json, check_named
from overproof.cli.written.arguments import parse_engine_options, parse_friends, parse_pairs
from overproof.records.query import DEFAULT_BLOCK_ENTRIES, ON_ERROR, OnError
from overproof.session.show.style import PLAIN_STYLE, Style
from overproof.words.errors import OptionError
from overproof.words.sizes import parse_size

if TYPE_CHECKING:
    from overproof.records.dataset import Dataset
    from overproof.session.session import Session
    from overproof.session.show.looking import Live

F = TypeVar("F", bound=Callable[..., Any])

AT_LEAST_1 = click.IntRange(min=1)


@dataclass(frozen=True, kw_only=True)
class QueryFlags:
    """What was said about a query apart from the question itself; names are those of the options.

    Attributes:
        output: place for the outputs, in the format of its suffix.
        lacking, missing: places for filesets of what lacks, and of what of it can be added later.
        cut, aliases, python: of the draw language.
        rows: of a table.
        dataset_weights: as they are written, for `weights` of a draw.
        style: how pictures look.
        live: a picture while the query runs, whatever the terminal is like.
        look_at: outputs of which it is.
    """

    engine: str | None = None
    workers: int | None = None
    engine_option: tuple[str, ...] = ()
    upload: tuple[str, ...] = ()
    tree: str | None = None
    first: int = 0
    entries: int | None = None
    max_files: int | None = None
    allow_duplicates: bool = False
    packetizer: str = "adaptive"
    block_entries: int = DEFAULT_BLOCK_ENTRIES
    on_error: OnError = "isolate"
    max_excluded: int | None = None
    block_timeout: float | None = None
    memory_limit: str | None = None
    verify: bool = False
    no_journal: bool = False
    no_cache: bool = False
    delta_interval: float = 1.0
    mergers: int | None = None
    json: str | None = None
    root: str | None = None
    plot: str | None = None
    lacking: str | None = None
    missing: str | None = None
    stats: bool = False
    quiet: bool = False
    output: str | None = None
    friends: tuple[str, ...] = ()
    entry_list: str | None = None
    cut: str | None = None
    aliases: tuple[str, ...] = ()
    python: bool = False
    rows: int | None = None
    by_dataset: bool = False
    dataset_weights: tuple[str, ...] = ()
    style: Style = PLAIN_STYLE
    live: bool = False
    look_at: tuple[str, ...] = ()

    @property
    def limits(self) -> dict[str, Any]:
        """Return the arguments of the same meaning of `Session.draw` and `Session.process`.

        Raises:
            OptionError: a size that is none.
        """
        return {
            "tree": self.tree,
            "first": self.first,
            "entries": self.entries,
            "files": self.max_files,
            "allow_duplicates": self.allow_duplicates,
            "friends": parse_friends(self.friends),
            "entry_list": self.entry_list,
            "packetizer": self.packetizer,
            "block_entries": self.block_entries,
            "on_error": self.on_error,
            "max_excluded": self.max_excluded,
            "block_timeout_s": self.block_timeout,
            "memory_limit_bytes": self.memory_limit_bytes,
            "verify": self.verify,
            "journal": not self.no_journal,
            "delta_interval_s": self.delta_interval,
            "mergers": self.mergers,
            "by_dataset": self.by_dataset,
        }

    @property
    def speech(self) -> dict[str, Any]:
        """Return the arguments that the draw language has.

        Raises:
            OptionError: an alias without a name or an expression.
        """
        return {
            "cut": self.cut,
            "aliases": parse_pairs(self.aliases, option="--alias", example="'pt2=px^2 + py^2'"),
            "dialect": "python" if self.python else "root",
        }

    @property
    def memory_limit_bytes(self) -> int | None:
        """Read the size that was given.

        Raises:
            OptionError: it is none.
        """
        return None if self.memory_limit is None else parse_size(self.memory_limit, option="--memory-limit")

    def open_session(self) -> Session:
        """Open the session that was asked for.

        Raises:
            OptionError: it makes no sense.
        """
        if self.quiet and (self.live or self.look_at):
            raise OptionError(f"--quiet shows nothing: leave out --{'live' if self.live else 'look-at'}, or --quiet")
        cache = False if self.no_cache else None
        return open_session(
            self.engine, self.workers, options=self.engine_option, uploads=self.upload, quiet=self.quiet, cache=cache,
            live=self.look_at or self.live or None,
        )  # fmt: skip

    @property
    def places(self) -> tuple[str, ...]:
        """Return the places that outputs are to be written to."""
        given = (self.json, self.root, self.output, self.plot, self.lacking, self.missing)
        return tuple(place for place in given if place is not None)

    def check_places(self, *, holds_table: bool = False) -> None:
        """Find out before the work whether everything can be written where it was asked for.

        Args:
            holds_table: the output is a table, which has formats of its own.

        Raises:
            OutputError: a place that cannot be written, or a suffix that does not fit the option.
            OptionError: something is said about a picture that nobody asks for.
        """
        for option in ("root", "output", "plot", "lacking", "missing"):
            check_named(option, getattr(self, option))
        check_json(self.json)
        check_file("root", self.root)
        check_file("lacking", self.lacking, suffix=".json")
        check_file("missing", self.missing, suffix=".json")
        if self.output is not None:
            self._check_output(self.output, holds_table=holds_table)
        if self.plot is not None:
            from overproof.session.show.paper.picture import check_picture

            check_picture(self.plot)
        elif only := [name for name in ("overlay", "stack", "points", "logx") if getattr(self.style, name)]:
            raise OptionError(f"--{only[0]} says how a picture looks: name the file of one with --plot")

    def _check_output(self, place: str, *, holds_table: bool) -> None:
        from overproof.outputs.save import check_writable
        from overproof.session.answers.writing import check_table_place

        (check_table_place if holds_table else check_writable)(place)

    def find_files(self, texts: Sequence[str]) -> Dataset:
        """Return the files that are asked about, none of which is to be written to.

        Raises:
            DatasetError: there are none.
            OutputError: a place that outputs are to be written to is one of them.
        """
        from overproof.session.datasets import expand_files, resolve_dataset

        dataset = resolve_dataset(list(texts), tree=self.tree, allow_duplicates=self.allow_duplicates)
        beside = [spec.path for files in (parse_friends(self.friends) or {}).values() for spec in expand_files(files)]
        check_apart(self.places, [*texts, *(spec.path for spec in dataset.files), *beside, self.entry_list or ""])
        return dataset


def open_session(
    engine: str | None,
    workers: int | None,
    *,
    quiet: bool,
    options: Sequence[str] = (),
    uploads: Sequence[str] = (),
    cache: bool | None = None,
    live: Live = None,
) -> Session:
    """Open a session; a quiet one shows no progress, `cache` and `live` are as of `Session`.

    Raises:
        OptionError: no such engine, or a number of workers that makes no sense.
        EngineError: the engine is not to be had.
    """
    from overproof.session.session import Session

    if engine is not None and not engine.strip():
        raise OptionError("--engine is empty: give an address such as local, local:4, inline or slurm:64")
    session = Session(
        engine or "local", workers=workers, progress=False if quiet else None, cache=cache, live=live,
        **parse_engine_options(options),
    )  # fmt: skip
    try:
        for package in uploads:
            session.upload(package)
    except BaseException:
        session.close()
        raise
    return session


def engine_options(function: F) -> F:
    """Add the options that say where to compute."""
    return _added(
        function,
        click.option("--workers", type=int, metavar="N", help="Number of workers; default: one a core."),
        click.option(
            "--engine", metavar="ADDRESS",
            help="Where to compute: local (default), local:N, inline, slurm:N, htcondor:N, dask://HOST:PORT.",
        ),
        click.option(
            "--engine-option", multiple=True, metavar="NAME=VALUE",
            help="An option of the engine, such as queue=short of Slurm; may be repeated.",
        ),
        click.option(
            "--upload", multiple=True, metavar="PACKAGE",
            help="Let workers find a directory, a wheel or a requirement; may be repeated.",
        ),
    )  # fmt: skip


def cache_option(function: F) -> F:
    """Add the option of every verb that reads columns."""
    return _added(
        function,
        click.option("--no-cache", is_flag=True, help="Read all columns from the files, and keep none in memory."),
    )


def live_options(function: F) -> F:
    """Add the options of verbs that show histograms while they grow."""
    return _added(
        function,
        click.option("--live", is_flag=True, help="Show the histogram as it grows, however low the terminal is."),
        click.option(
            "--look-at", multiple=True, metavar="NAME",
            help="Show this output as it grows, OUTER/INNER in a mapping; may be repeated; default: the first.",
        ),
    )  # fmt: skip


def query_options(function: F) -> F:
    """Add every option that `draw` and `run` share."""
    return data_options(engine_options(cache_option(failure_options(place_options(function)))))


def plain_query_options(function: F) -> F:
    """Add the same options to a verb whose answer is no histogram."""
    return data_options(engine_options(cache_option(failure_options(document_options(function)))))


def data_options(function: F) -> F:
    """Add the options that say what the data are, and how they are cut."""
    return _added(
        function,
        click.option("--tree", metavar="T", help="Tree for the files that name none behind a colon."),
        click.option("--first", type=click.IntRange(min=0), default=0, metavar="N", help="Pass over so many entries."),
        click.option(
            "--entries", type=AT_LEAST_1, metavar="N", help="Process so many entries after these; default: all."
        ),
        click.option(
            "--files", "max_files", type=AT_LEAST_1, metavar="N", help="Process so many files, from the start."
        ),
        click.option(
            "--friend", "friends", multiple=True, metavar="NAME=FILE",
            help="A tree beside the data, entry by entry: NAME=FILE:TREE; may be repeated, also for more files of one.",
        ),
        click.option("--entry-list", metavar="F", help="Only the entries of a list that draw ... '>>name' -o F wrote."),
        click.option("--allow-duplicates", is_flag=True, help="Count a file that is named twice, twice."),
        click.option(
            "--packetizer", default="adaptive", metavar="P",
            help="Who gets what: adaptive (default), fixed, single, by-file or local-only.",
        ),
        click.option(
            "--block-entries", type=AT_LEAST_1, default=DEFAULT_BLOCK_ENTRIES, metavar="N",
            help=f"Size to which clusters are merged into blocks; default: {DEFAULT_BLOCK_ENTRIES:,}.",
        ),
    )  # fmt: skip


def dataset_options(function: F) -> F:
    """Add the option of every verb whose answer can be kept apart by dataset."""
    return _added(
        function,
        click.option("--by-dataset", is_flag=True, help="Keep the answers of the datasets of a fileset apart."),
    )


def language_options(function: F) -> F:
    """Add the options of every verb that speaks the draw language."""
    return _added(
        function,
        click.option("--cut", metavar="C", help="Selection; where histograms are filled its value is a weight."),
        click.option(
            "--alias", "aliases", multiple=True, metavar="NAME=EXPR", help="A name for an expression; may be repeated."
        ),
        click.option("--python", is_flag=True, help="Read every expression as Python, with awkward arrays."),
    )


def place_options(function: F) -> F:
    """Add the options that say what becomes of a result."""
    return _added(
        picture_options(document_options(function)),
        click.option("--root", metavar="F", help="Write the histograms to a ROOT file."),
        click.option("--plot", metavar="F", help="Write a picture: .png, .pdf or .svg."),
    )


def document_options(function: F) -> F:
    """Add the options that say what becomes of any answer."""
    return _added(
        function,
        click.option("--json", metavar="F", help="Write the outputs and the account as JSON; - for standard output."),
        click.option("--lacking", metavar="F", help="Write what lacks, missing or excluded, as a fileset, .json."),
        click.option("--missing", metavar="F", help="Write what is missing as a fileset, .json, to be added later."),
        click.option("--stats", is_flag=True, help="Print what the query cost, and put it into the JSON."),
        click.option("--quiet", "-q", is_flag=True, help="No progress, no picture; the account only if it lacks."),
    )


def failure_options(function: F) -> F:
    """Add the options that say what may fail, and what is kept for later."""
    return _added(
        function,
        click.option(
            "--on-error", type=click.Choice(ON_ERROR), default="isolate",
            help="When the selector fails: exclude the entries it fails on (default), exclude the block, or stop.",
        ),
        click.option(
            "--max-excluded", type=click.IntRange(min=0), metavar="N",
            help="Stop when more entries are excluded; default: the smaller of 100 and 1 % of those done.",
        ),
        click.option(
            "--block-timeout", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS",
            help="What a block may take; default: 20 times the median, at least 60.",
        ),
        click.option(
            "--memory-limit", metavar="SIZE", help="Memory of a worker, such as 2GB; default: its share of the machine."
        ),
        click.option("--verify", is_flag=True, help="Verify the checksums of whole files that the dataset gives."),
        click.option("--no-journal", is_flag=True, help="Keep nothing on disk with which the query can be resumed."),
        click.option(
            "--delta-interval", type=click.FloatRange(min=0), default=1.0, metavar="SECONDS",
            help="How often workers hand over what they have; default: 1; inf: at the end.",
        ),
        click.option(
            "--mergers", type=click.IntRange(min=0), metavar="N",
            help="Processes that merge on the way, past one machine; default: near the root of many workers.",
        ),
    )  # fmt: skip


def _added(function: F, *options: Callable[[F], F]) -> F:
    for option in reversed(options):
        function = option(function)
    return function
