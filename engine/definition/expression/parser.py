"""Reads a formula by operator precedence (Pratt) into nodes; it knows shapes, not types."""

from __future__ import annotations

from typing import Final

from engine.definition.expression.faults import stop
from engine.definition.expression.lexer import Token, tokens
from engine.definition.expression.tree import Apply, Dot, Items, Node, Path, Written
from engine.definition.values.durations import Duration
from engine.i18n import Text

#: Longest formula, in bytes of UTF-8.
MOST_BYTES: Final = 4096
#: Deepest nesting of brackets and operators that bind tighter and tighter.
MOST_DEPTH: Final = 32
#: Deepest tree, chains such as ``a + b + c`` included.
MOST_LEVELS: Final = 100

_COMPARISONS: Final = frozenset({"=", "<>", "<", "<=", ">", ">=", "in"})
_TESTS: Final = frozenset({"is empty", "is not empty"})
_BINDING: Final = {"or": 1, "and": 2, **dict.fromkeys(_COMPARISONS | _TESTS, 4), "+": 5, "-": 5, "*": 6, "/": 6}
#: What people write for a sign, told as a hint.
_SIGNS_IN_WORDS: Final = {
    "大于": ">", "小于": "<", "等于": "=", "不等于": "<>", "大于等于": ">=", "小于等于": "<=", "不小于": ">=",
    "不大于": "<=", "超过": ">", "加": "+", "减": "-", "乘": "*", "乘以": "*", "除以": "/", "is": "=",
}  # fmt: skip
_MONEY: Final = ("元", "块", "yuan", "RMB")
_NOT: Final = 3
_NEGATE: Final = 7


def parse(text: str) -> Node:
    """The formula as nodes. Raises Stop at the first thing that cannot be read."""
    if len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        raise stop("formula-too-long", 0, "公式超过4096字节", "The formula is longer than 4096 bytes")
    reader = _Reader(tokens(text))
    node = reader.expression(0)
    if _levels(node) > MOST_LEVELS:
        raise stop("formula-too-deep", 0, "算式太长，可拆成几个派生字段", "The formula is too long a chain: split it")
    left = reader.token
    if left.kind != "end":
        sign = _SIGNS_IN_WORDS.get(left.text)
        hint = Text(f"写成 {sign}", f"Write {sign}") if sign else None
        if left.text in _MONEY:
            hint = Text("金额只写数字，单位是元，不写“元”", "Write an amount as a number of yuan, without the sign")
        raise stop("formula-syntax", left.offset, f"“{left.text}”这里多了", f'"{left.text}" is not expected here', hint)
    return node


class _Reader:
    """Walks the tokens once."""

    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._at = 0
        self._depth = 0

    @property
    def token(self) -> Token:
        return self._tokens[self._at]

    def _take(self) -> Token:
        taken = self.token
        self._at += 1
        return taken

    def _at_sign(self, sign: str) -> bool:
        return self.token.kind == "sign" and self.token.text == sign

    def _accept(self, sign: str) -> bool:
        if self._at_sign(sign):
            self._at += 1
            return True
        return False

    def _expect(self, sign: str, opened: Token) -> None:
        if not self._accept(sign):
            zh, en = f"“{opened.text}”没有配对的“{sign}”", f'"{opened.text}" is not closed by "{sign}"'
            raise stop("formula-syntax", opened.offset, zh, en)

    def expression(self, binding: int) -> Node:
        """An expression whose operators all bind tighter than *binding*."""
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise stop("formula-too-deep", self.token.offset, "公式嵌套超过32层", "The formula nests deeper than 32")
        left = self._operators(self._first(), binding)
        self._depth -= 1
        return left

    def _operators(self, left: Node, binding: int) -> Node:
        while self.token.kind == "sign" and _BINDING.get(self.token.text, 0) > binding:
            operator = self._take()
            if operator.text in _TESTS:
                left = Apply(operator.offset, operator.text, (left,))
                continue
            right = self.expression(_BINDING[operator.text])
            if operator.text in ("and", "or") and isinstance(left, Apply) and left.function == operator.text:
                left = Apply(left.offset, operator.text, (*left.args, right))
                continue
            left = Apply(operator.offset, operator.text, (left, right))
            if operator.text in _COMPARISONS and self.token.kind == "sign" and self.token.text in _COMPARISONS:
                hint = Text("写成 1 < 甲 and 甲 < 5 这样", "Write 1 < a and a < 5")
                zh, en = "比较不能连写", "Comparisons cannot be chained"
                raise stop("formula-syntax", self.token.offset, zh, en, hint)
        return left

    def _first(self) -> Node:
        token = self._take()
        if token.kind == "value":
            return Written(token.offset, token.value)
        if token.kind == "name" or token.text == "in":
            return self._dots(self._named(token))
        if token.text == "not":
            return Apply(token.offset, "not", (self.expression(_NOT),))
        if token.text == "-":
            return self._negative(token)
        if token.text in ("and", "or") and self._at_sign("("):  # As in a spreadsheet: AND(a, b).
            return Apply(token.offset, token.text, self._list(self._take(), ")", least=1))
        if token.text in ("(", "["):
            return self._dots(self._bracket(token))
        raise _misplaced(token)

    def _negative(self, sign: Token) -> Node:
        operand = self.expression(_NEGATE)
        if isinstance(operand, Written) and operand.value is not None and not isinstance(operand.value, (str, bool)):
            value = operand.value
            return Written(sign.offset, value.times(-1) if isinstance(value, Duration) else -value)
        return Apply(sign.offset, "negate", (operand,))

    def _named(self, name: Token) -> Node:
        if self._at_sign("("):
            function = name.text.lower() if name.text.isupper() else name.text
            return Apply(name.offset, function, self._list(self._take(), ")"))
        if name.text == "empty" and not self._at_sign("."):
            return Written(name.offset, None)
        parts = [name.text]
        while self._accept("."):
            parts.append(self._after_dot().text)
        if self._at_sign("(") and len(parts) > 1:
            return Apply(name.offset, ".".join(parts), self._list(self._take(), ")"))
        return Path(name.offset, tuple(parts))

    def _dots(self, node: Node) -> Node:
        while self._accept("."):
            name = self._after_dot()
            node = Dot(name.offset, node, name.text)
        return node

    def _after_dot(self) -> Token:
        name = self._take()
        if name.kind != "name":
            raise stop("formula-syntax", name.offset, "“.”后面要写名称", 'A name has to follow "."')
        return name

    def _bracket(self, opened: Token) -> Node:
        closing = ")" if opened.text == "(" else "]"
        items = self._list(opened, closing)
        if closing == ")" and len(items) == 1:
            return items[0]
        return Items(opened.offset, items)

    def _list(self, opened: Token, closing: str, least: int = 0) -> tuple[Node, ...]:
        items: list[Node] = []
        if not least and self._accept(closing):
            return ()
        while True:
            items.append(self.expression(0))
            if not self._accept(","):
                break
        self._expect(closing, opened)
        return tuple(items)


def _levels(node: Node) -> int:
    """How deep the tree goes, found without recursion because nobody has bounded it yet."""
    deepest, open_nodes = 0, [(node, 1)]
    while open_nodes:
        part, level = open_nodes.pop()
        deepest = max(deepest, level)
        inner = part.args if isinstance(part, Apply) else part.items if isinstance(part, Items) else ()
        inner = (part.of,) if isinstance(part, Dot) else inner
        open_nodes += [(one, level + 1) for one in inner]
    return deepest


def _misplaced(token: Token) -> Exception:
    if token.kind == "end":
        return stop("formula-syntax", token.offset, "公式没有写完", "The formula stops too early")
    hint = None
    if token.text == "=" and token.offset == 0:
        hint = Text("这里本来就是公式，去掉开头的等号", "This is a formula already: leave out the first equals sign")
    return stop(
        "formula-syntax", token.offset, f"“{token.text}”不能放在这里", f'"{token.text}" cannot stand here', hint
    )
