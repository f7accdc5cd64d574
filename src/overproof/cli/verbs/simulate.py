"""`overproof simulate`: the master in virtual time."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from overproof.cli.exit_codes import ExitCode
from overproof.cli.options import AT_LEAST_1
from overproof.cli.places import STANDARD_OUTPUT, check_json, write_json

if TYPE_CHECKING:
    from overproof.engines.simulated.options import SimulationReport

SHOWN = ("makespan_s", "ideal_s", "ratio", "decisions_per_s", "n_packets", "account", "peak_rss_mb")


@click.command("simulate", short_help="Run a query in virtual time.")
@click.option("--workers", type=int, default=100, show_default=True, metavar="N", help="Workers at the start.")
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
@click.option("--packetizer", default="adaptive", show_default=True, metavar="P", help="adaptive, fixed or single.")
@click.option("--seed", type=int, default=0, show_default=True, metavar="N", help="Root of all dice.")
@click.option("--json", metavar="F", help="Write the figures as JSON; - for standard output.")
def simulate_command(json: str | None, *, no_speculation: bool, **options: Any) -> int:
    """Run the real master over workers that only pretend, in virtual time, and tell how well it did.

    The same seed gives the same run; only `decisions_per_s` and `peak_rss_mb` are measured, not simulated.
    At least 30 blocks a worker are dealt out.
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
    click.echo(f"{'packets':<12}{report.n_packets:,}")
    click.echo(f"{'master':<12}{report.decisions_per_s:,.0f} decisions/s, {report.peak_rss_mb:.0f} MB at most")
    click.echo(account_text(report.account))
