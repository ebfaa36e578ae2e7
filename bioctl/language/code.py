"""From the tree of a condition to a Python function over floats; NaN stands for *can't be told*.

A claim becomes two Python expressions, one that is true where the claim is TRUE and one that is
true where it is FALSE. With NaN no comparison is true, so what depends on it is neither: INVALID.
`and`, `or` and `not` follow De Morgan, which is Kleene's table exactly:

    a < b          TRUE where a < b                  FALSE where a >= b
    x and y        TRUE where x TRUE and y TRUE      FALSE where x FALSE or y FALSE
    not x          TRUE where x FALSE                FALSE where x TRUE

Only nodes built here are compiled: arguments by position, floats, comparisons and arithmetic. No
text a person wrote, no name but `v0 … w0 …`, no call and no attribute is ever among them. There is
no loop either, so the length of the function is its budget.
"""

import ast
import math
from collections.abc import Callable, Sequence
from types import CodeType, FunctionType
from typing import cast

from bioctl.language.expression import (
    Absolute,
    Arithmetic,
    Both,
    Claim,
    Comparator,
    Comparison,
    Constant,
    Either,
    Negative,
    Number,
    Opposite,
    Scaled,
    Stable,
    Variable,
    Windowed,
)
from bioctl.language.truth import Truth

Decide = Callable[..., Truth]
"""Values of the names, then of the windows, all finite or NaN; gives the truth."""

Value = Callable[..., float]
"""Values of the names, finite or NaN; gives a finite number or NaN."""

_COMPARE: dict[Comparator, type[ast.cmpop]] = {
    "<": ast.Lt, "<=": ast.LtE, ">": ast.Gt, ">=": ast.GtE, "==": ast.Eq,
}  # fmt: skip
_CONTRARY: dict[Comparator, Comparator] = {
    "<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "==",
}  # fmt: skip
_ARITHMETIC: dict[str, type[ast.operator]] = {
    "+": ast.Add, "-": ast.Sub, "*": ast.Mult, "/": ast.Div,
}  # fmt: skip
_GLOBALS = {
    "__builtins__": {}, "TRUE": Truth.TRUE, "FALSE": Truth.FALSE, "INVALID": Truth.INVALID,
    "nan": math.nan,
}  # fmt: skip


def compile_claim(claim: Claim, names: Sequence[str], windows: int) -> Decide:
    """Return the function of a claim; its arguments are `names` in order, then the windows."""
    coder = _Coder(names)
    otherwise = ast.IfExp(coder.holds(claim, wanted=False), _load("FALSE"), _load("INVALID"))
    body = ast.IfExp(coder.holds(claim, wanted=True), _load("TRUE"), otherwise)
    arguments = [*coder.arguments.values(), *(f"w{index}" for index in range(windows))]
    return cast("Decide", _function(body, arguments))


def compile_number(number: Number, names: Sequence[str]) -> Value:
    """Return the function of a number; its arguments are `names` in order."""
    coder = _Coder(names)
    return cast("Value", _function(coder.finite(number), [*coder.arguments.values()]))


class _Coder:
    """Builds the expressions of one function, with fresh names for what is needed twice."""

    def __init__(self, names: Sequence[str]) -> None:
        self.arguments = {name: f"v{index}" for index, name in enumerate(names)}
        self._kept = 0

    def holds(self, claim: Claim, *, wanted: bool) -> ast.expr:
        """Return what is true where the claim is TRUE, or FALSE if not `wanted`."""
        match claim:
            case Comparison(symbol, left, right):
                return self._compare(symbol if wanted else _CONTRARY[symbol], left, right)
            case Opposite(inner):
                return self.holds(inner, wanted=not wanted)
            case Stable(index):
                return _compared(_load(f"w{index}"), "==", ast.Constant(float(wanted)))
            case Both(terms) | Either(terms):
                join = ast.And() if isinstance(claim, Both) is wanted else ast.Or()
                return ast.BoolOp(join, [self.holds(term, wanted=wanted) for term in terms])

    def _compare(self, symbol: Comparator, left: Number, right: Number) -> ast.expr:
        first, second = self.finite(left), self.finite(right)
        if symbol != "!=":
            return _compared(first, symbol, second)
        # `!=` of Python is true with NaN: unequal is written as below or above.
        again, keep = self._twice(first)
        other, keep_other = self._twice(second)
        return ast.BoolOp(
            ast.Or(), [_compared(keep, "<", keep_other), _compared(again, ">", other)]
        )

    def finite(self, number: Number) -> ast.expr:
        """Return a number that is NaN where it is not finite: x + 0 * x is."""
        code = self._number(number)
        if not _computed(number):
            return code
        again, keep = self._twice(code)
        return ast.BinOp(keep, ast.Add(), ast.BinOp(ast.Constant(0.0), ast.Mult(), again))

    def _number(self, number: Number) -> ast.expr:
        match number:
            case Constant(value):
                return ast.Constant(value)
            case Variable(name):
                return _load(self.arguments[name])
            case Windowed(index):
                return _load(f"w{index}")
            case Negative(inner):
                return ast.UnaryOp(ast.USub(), self._number(inner))
            case Absolute(inner):
                return self._absolute(inner)
            case Scaled(inner, above, below):
                above_it = ast.BinOp(self._number(inner), ast.Mult(), ast.Constant(float(above)))
                return above_it if below == 1 else _over(above_it, ast.Constant(float(below)))
            case Arithmetic("/", left, right):
                return self._quotient(left, right)
            case Arithmetic(symbol, left, right):
                return ast.BinOp(self._number(left), _ARITHMETIC[symbol](), self._number(right))

    def _absolute(self, number: Number) -> ast.expr:
        """Return a number without its sign; NaN stays NaN, as no comparison with it is true."""
        again, keep = self._twice(self._number(number))
        positive = _compared(keep, ">=", ast.Constant(0.0))
        return ast.IfExp(positive, again, ast.UnaryOp(ast.USub(), again))

    def _quotient(self, left: Number, right: Number) -> ast.expr:
        """Return a quotient that is NaN where the divisor is 0 or not finite."""
        if isinstance(right, Constant) and right.value:
            return _over(self._number(left), ast.Constant(right.value))
        again, keep = self._twice(self.finite(right))
        return ast.IfExp(keep, _over(self._number(left), again), _load("nan"))

    def _twice(self, code: ast.expr) -> tuple[ast.expr, ast.expr]:
        """Return a second use of an expression, and its first, which is evaluated before it."""
        if isinstance(code, ast.Constant):
            return ast.Constant(code.value), code
        if isinstance(code, ast.Name):
            return _load(code.id), code
        self._kept += 1
        name = f"t{self._kept}"
        return _load(name), ast.NamedExpr(ast.Name(name, ast.Store()), code)


def _computed(number: Number) -> bool:
    """Return whether a number is worked out here, so that it can overflow."""
    if isinstance(number, Negative | Absolute):
        return _computed(number.number)
    return isinstance(number, Scaled | Arithmetic)


def _load(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def _compared(left: ast.expr, symbol: Comparator, right: ast.expr) -> ast.expr:
    return ast.Compare(left, [_COMPARE[symbol]()], [right])


def _over(left: ast.expr, right: ast.expr) -> ast.expr:
    return ast.BinOp(left, ast.Div(), right)


def _function(body: ast.expr, arguments: Sequence[str]) -> FunctionType:
    wanted = ast.arguments(
        posonlyargs=[ast.arg(name) for name in arguments],
        args=[],
        kwonlyargs=[],
        kw_defaults=[],
        defaults=[],
    )
    tree = ast.fix_missing_locations(ast.Expression(ast.Lambda(wanted, body)))
    whole = compile(tree, "condition", "eval")
    code = next(one for one in whole.co_consts if isinstance(one, CodeType))
    return FunctionType(code, _GLOBALS)
