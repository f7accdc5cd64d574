"""Compile a function for the processor of this machine."""

from __future__ import annotations

import functools
from typing import Any

import llvmlite
import llvmlite.binding as llvm

SPEED_LEVEL = 2
"""How hard LLVM tries; 3 takes longer and gains nothing here."""


def compile_text(text: str) -> bytes:
    """Turn a function, as LLVM reads it, into an object file for this processor.

    Raises:
        RuntimeError: LLVM does not understand it, which is a mistake of ours.
    """
    target = target_machine()
    module = llvm.parse_assembly(text)
    module.triple = target.triple
    module.data_layout = str(target.target_data)
    module.verify()
    builder = llvm.create_pass_builder(target, llvm.create_pipeline_tuning_options(speed_level=SPEED_LEVEL))
    builder.getModulePassManager().run(module, builder)
    found: bytes = target.emit_object(module)
    return found


def target_machine() -> Any:
    """Return LLVM's idea of this processor, a new one every time: an engine keeps what it is given."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm.Target.from_default_triple().create_target_machine(
        opt=SPEED_LEVEL, cpu=llvm.get_host_cpu_name(), features=_features(), jit=True
    )


@functools.cache
def processor() -> str:
    """Return all that compiled functions depend on, beside their text: processor, its features, the compiler."""
    return f"{llvm.get_host_cpu_name()} {_features()} llvmlite {llvmlite.__version__}"


def _features() -> str:
    features: str = llvm.get_host_cpu_features().flatten()
    return features
