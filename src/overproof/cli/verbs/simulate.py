"""`overproof simulate`: the master in virtual time."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from overproof.cli.exit_codes import ExitCode
from overproof.cli.options import AT_LEAST_1
from overproof.cli.places import STANDARD_OUTPUT, check_json, write_json

if TYPE_CHECKING:
    from overproof.engines.simulated.report import SimulationReport

SHOWN = (
    "makespan_s",
    "ideal_s",
    "ratio",
    "tail_s",
    "decisions_per_s",
    "n_packets",
    "n_deltas",
    "n_passed",
    "n_mergers",
    "inflow_mb",
    "master_load",
    "master_memory_mb",
    "merger_memory_mb",
    "local_share",
    "account",
    "peak_rss_mb",
    "cpu_s",
)


@click.command("simulate", short_help="Run a query in virtual time.")
@click.option("--workers", type=int, default=100, show_default=True, metavar="N", help="Workers at the start.")
@click.option(
    "--blocks-per-worker",
    type=int,
    default=30,
    show_default=True,
    metavar="N",
    help="Blocks for each worker at least.",
)
@click.option("--files", type=AT_LEAST_1, default=20, show_default=True, metavar="N", help="Files of the dataset.")
@click.option(
    "--spread",
    type=float,
    default=1.0,
    show_default=True,
    metavar="S",
    help="The fast are 1 + S times as fast as the slow.",
)
@click.option(
    "--law",
    default="uniform",
    show_default=True,
    metavar="L",
    help="How speeds are distributed; a wrong name lists the laws.",
)
@click.option("--stragglers", type=float, default=0.0, metavar="P", help="Share of the workers that are slow.")
@click.option(
    "--slowdown", type=float, default=10.0, show_default=True, metavar="X", help="Stragglers are X times slower."
)
@click.option("--suddenly", "is_sudden", is_flag=True, help="Stragglers become slow on the way.")
@click.option("--hosts", type=int, default=0, metavar="N", help="Machines that the workers are on, in turn.")
@click.option("--servers", type=int, default=0, metavar="N", help="Storage servers; the first are on the hosts.")
@click.option(
    "--replicas", type=int, default=1, show_default=True, metavar="N", help="Copies of each file, on other servers."
)
@click.option(
    "--entry-bytes", type=int, default=100, show_default=True, metavar="N", help="Bytes that are read of an entry."
)
@click.option(
    "--disk-mb-s", type=float, default=1000.0, show_default=True, metavar="X", help="MB a second of a server's disk."
)
@click.option(
    "--network-mb-s", type=float, default=1000.0, show_default=True, metavar="X", help="MB a second of a server's link."
)
@click.option(
    "--thrash", type=float, default=0.0, metavar="X", help="By how much each further reader slows a disk down."
)
@click.option("--slow-servers", type=float, default=0.0, metavar="P", help="Share of the servers with slow disks.")
@click.option(
    "--server-slowdown", type=float, default=2.0, show_default=True, metavar="X", help="Slow disks are X times slower."
)
@click.option("--mergers", "has_mergers", is_flag=True, help="Let deltas be merged on the way.")
@click.option("--output-mb", type=float, default=0.0, metavar="X", help="MB of the outputs, and of each delta.")
@click.option(
    "--inflow-mb-s", type=float, default=1000.0, show_default=True, metavar="X", help="MB a second to the master."
)
@click.option(
    "--merge-mb-s", type=float, default=1000.0, show_default=True, metavar="X", help="MB a second that are merged."
)
@click.option("--merger-losses", type=float, default=0.0, metavar="P", help="Chance of a merger to be lost.")
@click.option("--losses", type=float, default=0.0, metavar="P", help="Chance of a worker to be lost.")
@click.option("--joins", type=float, default=0.0, metavar="X", help="New workers on the way, for each at the start.")
@click.option("--freezes", type=float, default=0.0, metavar="P", help="Chance of a worker to freeze.")
@click.option("--delays", type=float, default=0.0, metavar="P", help="Chance of a message to be delayed.")
@click.option("--duplicates", type=float, default=0.0, metavar="P", help="Chance of a delta to arrive twice.")
@click.option("--strains", type=float, default=0.0, metavar="P", help="Chance of a worker to run out of memory.")
@click.option("--failing-blocks", type=float, default=0.0, metavar="P", help="Chance of bad entries in a block.")
@click.option("--large-blocks", type=float, default=0.0, metavar="P", help="Chance of a block too large whole.")
@click.option("--flaky-blocks", type=float, default=0.0, metavar="P", help="Chance of a block that fails at first.")
@click.option("--isolator-losses", type=float, default=0.0, metavar="P", help="Chance of a probe to be killed.")
@click.option("--master-losses", type=int, default=0, metavar="N", help="How often the master is killed.")
@click.option("--no-speculation", is_flag=True, help="Make no second copies of late blocks.")
@click.option("--packetizer", default="adaptive", show_default=True, metavar="P", help="As in draw.")
@click.option("--seed", type=int, default=0, show_default=True, metavar="N", help="Root of all dice.")
@click.option("--json", metavar="F", help="Write the figures as JSON; - for standard output.")
def simulate_command(json: str | None, *, no_speculation: bool, **options: Any) -> int:
    """Run the real master over workers that only pretend, in virtual time, and tell how well it did.

    The same seed gives the same run; only `decisions_per_s`, `peak_rss_mb` and `cpu_s` are measured, not simulated.
    """
    from overproof.engines.simulated.options import SimulationOptions
    from overproof.engines.simulated.run import simulate
    from overproof.records.query import QueryOptions

    check_json(json)
    query = QueryOptions(speculates=not no_speculation)
    report = simulate(SimulationOptions(**options, query=query))
    if json is not None:
        write_json(json, _document(report))
    if json != STANDARD_OUTPUT:
        _print(report)
    return ExitCode.COMPLETE


def _document(report: SimulationReport) -> dict[str, Any]:
    figures = {name: getattr(report, name) for name in SHOWN}
    return figures | {"account": asdict(report.account)}


def _print(report: SimulationReport) -> None:
    from overproof.session.show.summary import account_text

    click.echo(f"{'makespan':<12}{report.makespan_s:.3f} s, {report.ratio:.3f} times the ideal {report.ideal_s:.3f} s")
    click.echo(f"{'packets':<12}{report.n_packets:,}, the last one {report.tail_s:.3f} s before the end")
    if report.local_share < 1.0:
        click.echo(f"{'reads':<12}{100 * report.local_share:.1f} % of the bytes on the machine that has them")
    if report.inflow_mb:
        click.echo(
            f"{'deltas':<12}{report.n_deltas:,}, {report.inflow_mb:,.0f} MB, getting or merging them took "
            f"{100 * report.master_load:.0f} % of the time; {report.master_memory_mb:,.0f} MB of outputs at most"
        )
    if report.n_mergers:
        click.echo(
            f"{'mergers':<12}{report.n_mergers:,} for {report.n_passed:,} deltas, "
            f"{report.merger_memory_mb:,.0f} MB of outputs at most in one"
        )
    click.echo(f"{'master':<12}{report.decisions_per_s:,.0f} decisions/s, {report.peak_rss_mb:.0f} MB at most")
    click.echo(account_text(report.account))
