"""Machine code: small functions over arrays, written in the language of LLVM, compiled for this processor and kept.

Lives here: who writes a function (`writer.py`), who compiles it (`compiling.py`), where it is kept on disk (`kept.py`,
`memory.py`), who calls it (`machine.py`); the C library's functions for numpy (`libm.py`).
Comes in: a function as Python code that drives a `Writer`. Goes out: a `Machine` to be called with arrays. It knows
nothing of draws or files. Start with `writer.py`; import names from their files: LLVM takes a while to load.
"""

__all__: list[str] = []
