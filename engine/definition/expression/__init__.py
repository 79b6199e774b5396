"""Formulas: a small typed total language that district staff know from Excel."""

from __future__ import annotations

from engine.definition.expression.closures import Env
from engine.definition.expression.compile import compile_formula
from engine.definition.expression.faults import ExpressionFault
from engine.definition.expression.formula import Formula, evaluate
from engine.definition.expression.scope import Scope, fits

__all__ = ["Env", "ExpressionFault", "Formula", "Scope", "compile_formula", "evaluate", "fits"]
