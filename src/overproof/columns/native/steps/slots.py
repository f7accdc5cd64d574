"""What steps take: memory and numbers, by name; each step takes some of them."""

from __future__ import annotations

from typing import Any

from llvmlite import ir

from overproof.columns.machine.writer import INTEGER, Value, Writer

BYTES = ir.IntType(8)
INTEGERS = INTEGER

MEMORY = ("from", "into", "lists")


def pointer(writer: Writer, name: str, kind: Any) -> Value:
    """Return where some memory begins, as numbers of a kind.

    Args:
        writer: of the function.
        name: one of `MEMORY`.
        kind: a type of LLVM.
    """
    octets = writer.array(name, "u1", is_constant=False).pointer
    return octets if kind is BYTES else writer.builder.bitcast(octets, kind.as_pointer())
