"""What keeps equations and kernel compilable: only floats, + - * / sqrt exp log, comparisons."""

import ast
from pathlib import Path

import pytest

import bioctl_sim
from bioctl_sim.vessel.accelerate import ROOMS

PACKAGE = Path(bioctl_sim.__file__).parent
FILES = [PACKAGE / (room.replace(".", "/") + ".py") for room in ROOMS]
CALLS = {"float", "int", "exp", "log", "sqrt", "min", "max", "abs", "range"}


def forbidden(tree: ast.AST, own: set[str]) -> list[str]:
    """Return what a compiler could not take, as `line: what`."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict | ast.List | ast.Lambda | ast.Try | ast.ListComp):
            found.append(f"{node.lineno}: {type(node).__name__}")
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
            found.append(f"{node.lineno}: **")
        elif (
            isinstance(node, ast.Call)
            and ast.unparse(node.func).partition(".")[0] not in CALLS | own
        ):
            found.append(f"{node.lineno}: {ast.unparse(node.func)}")
    return found


@pytest.mark.parametrize("path", FILES, ids=ROOMS)
def test_equations_use_nothing_a_compiler_cannot_take(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    own = {f.name for f in functions} | {
        alias.name for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) for alias in n.names
    }
    assert [hit for f in functions for hit in forbidden(f, own)] == []
