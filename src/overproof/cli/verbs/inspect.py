"""`overproof inspect`: what is in a file."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from overproof.cli.exit_codes import ExitCode
from overproof.cli.places import STANDARD_OUTPUT, check_apart, check_json, write_json
from overproof.words.units import human_bytes

if TYPE_CHECKING:
    from overproof.columns.inspect import TreeReport
    from overproof.records.schema import Branch


@click.command("inspect", short_help="Show trees, branches, types, clusters and compression of a file.")
@click.argument("file")
@click.option("--json", metavar="F", help="Write it as JSON; - for standard output.")
def inspect_command(file: str, json: str | None) -> int:
    """Show what is in FILE: its trees with their entries, clusters, blocks and compression, and all branches.

    FILE may have a tree behind a colon: then only that tree is shown.
    """
    from overproof.columns.inspect import inspect_file
    from overproof.session.datasets import split_tree

    check_json(json)
    path, tree = split_tree(file)
    check_apart([json], [path])
    reports = _only(inspect_file(path), tree, path=path)
    if json is not None:
        write_json(json, {"file": path, "trees": [_tree_document(report) for report in reports]})
    if json != STANDARD_OUTPUT:
        click.echo(path)
        for report in reports:
            click.echo("\n".join(_tree_lines(report)))
    return ExitCode.COMPLETE


def _only(reports: list[TreeReport], tree: str | None, *, path: str) -> list[TreeReport]:
    """Keep the tree that was named, all of them if none was."""
    if tree is None:
        return reports
    found = [report for report in reports if report.schema.tree == tree]
    if not found:
        from overproof.words.errors import DatasetError

        names = ", ".join(report.schema.tree for report in reports)
        raise DatasetError(f"{path} has no tree {tree!r}; there are: {names}")
    return found


def _tree_document(report: TreeReport) -> dict[str, Any]:
    grid = report.grid
    return {
        "tree": report.schema.tree,
        "format": report.schema.format,
        "entries": grid.n_entries,
        "clusters": report.n_clusters,
        "blocks": list(grid.stops),
        "size_bytes": grid.size_bytes,
        "compression": report.compression,
        "compression_level": report.compression_level,
        "uuid": grid.uuid,
        "friends": [{"name": name, "tree": tree, "file": file} for name, tree, file in report.friends],
        "branches": [_branch_document(branch) for branch in report.branches],
    }


def _branch_document(branch: Branch) -> dict[str, Any]:
    document = asdict(branch) | {"fixed_shape": list(branch.fixed_shape)}
    del document["friend"]  # a file has branches of its own only
    return document


def _tree_lines(report: TreeReport) -> list[str]:
    grid, branches = report.grid, report.branches
    level = f" level {report.compression_level}" if report.compression_level else ""
    lines = [
        f"{report.schema.tree}  {report.schema.format}, {grid.n_entries:,} entries, {len(branches):,} branches",
        f"  {report.n_clusters:,} clusters in {len(grid.stops):,} blocks, {human_bytes(grid.size_bytes)}, "
        f"compression {report.compression}{level}",
        *(f"  friend {name}: tree {tree} of {file or 'the same file'}" for name, tree, file in report.friends),
    ]
    widths = [max((len(text) for text in column), default=0) for column in zip(*map(_cells, branches), strict=True)]
    return lines + [
        "    "
        + "  ".join(f"{cell:<{min(width, 40)}}" for cell, width in zip(_cells(branch), widths, strict=True)).rstrip()
        for branch in branches
    ]


def _cells(branch: Branch) -> tuple[str, str, str, str]:
    shape = "[]" * branch.n_jagged + "".join(f"[{size}]" for size in branch.fixed_shape)
    element = f"{branch.dtype or branch.kind}{shape}"
    return branch.name, element, human_bytes(branch.size_bytes), branch.typename
