"""Run a script on a worker and gather what it printed and returned."""

from __future__ import annotations

import ast
import contextlib
import io
import sys
from typing import Any

import cloudpickle

from overproof.engines.messages import RunScript, ScriptDone
from overproof.engines.worker.failure import USER_ERRORS, describe_failure
from overproof.engines.worker.identity import HERE


def run_script(command: RunScript, *, worker: str) -> ScriptDone:
    """Run a script in a namespace of its own; its value is that of its last expression."""
    HERE.rank, HERE.size = command.rank, command.size
    saved_arguments, saved_path = sys.argv, sys.path[:]
    sys.argv = [command.name, *command.arguments]
    sys.path[:] = [*command.search_path, *(place for place in sys.path if place not in command.search_path)]
    printed = io.StringIO()
    value: bytes | None = None
    problem = ""
    try:
        with contextlib.redirect_stdout(printed):
            value = _pickled(_evaluate(command.source, command.name))
    except SystemExit as stop:
        problem = "" if stop.code in (None, 0) else f"the script left with sys.exit({stop.code!r})"
    except USER_ERRORS as error:
        problem = describe_failure(error)[1]
    finally:
        sys.argv, sys.path[:] = saved_arguments, saved_path
        HERE.rank, HERE.size = None, 0
    return ScriptDone(worker=worker, rank=command.rank, stdout=printed.getvalue(), value=value, error=problem)


def _evaluate(source: str, name: str) -> Any:
    try:
        module = ast.parse(source, filename=name)
    except SyntaxError as error:
        raise error.with_traceback(None) from None  # its frames are those of the parser: no news
    namespace: dict[str, Any] = {"__name__": "__overproof__", "__file__": name}
    last = module.body.pop() if module.body and isinstance(module.body[-1], ast.Expr) else None
    exec(compile(module, name, "exec"), namespace)
    if last is None:
        return None
    assert isinstance(last, ast.Expr)
    return eval(compile(ast.Expression(last.value), name, "eval"), namespace)


def _pickled(value: Any) -> bytes | None:
    try:
        data: bytes = cloudpickle.dumps(value)
    except Exception:  # noqa: BLE001 - pickling runs user code, which may raise anything
        return None
    return data
