"""A process drawn as an SVG from top to bottom, with where a case has been and where it is now."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Final
from unicodedata import east_asian_width

import segno
from markupsafe import escape

from engine.definition.model import Branch, Exit, Process, Step, Target
from engine.i18n import Text, listed

HEIGHT: Final = 44
GAP: Final = 28
LINE: Final = 20
_REM: Final = 16

START: Final = Text("发起", "Start")
ELSE: Final = Text("其他", "otherwise")
PICTURE: Final = Text("流程图", "Diagram of the process")
NOW_AT: Final = Text("现在在", "now at")


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of the picture around a vertical axis: how far it reaches left and right, and how far down."""

    left: float
    right: float
    height: float
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Size:
    """How much room there is: the width of a box, of the margins, between branches, and beside a box."""

    box: float
    pad: float
    between: float
    inset: float
    beside: bool


@dataclass(frozen=True, slots=True)
class Way:
    """One of the ways under a box: what is written over it, its steps, and where it leads if not on."""

    label: str
    steps: tuple[Step, ...]
    goal: str = ""


WIDE: Final = Size(box=184, pad=16, between=24, inset=20, beside=True)
#: So many ways stand side by side on a phone.
_FIT: Final = 2
#: Where a title may be broken: Latin words stay whole.
_PIECE = re.compile(r"[!-~]+ ?|.")
#: For phones: two boxes side by side fit 328 pixels, and exits are written under their box.
NARROW: Final = Size(box=140, pad=6, between=12, inset=10, beside=False)


@dataclass(frozen=True)
class Pen:
    """What the drawing has to know: the process, the state of the case, the reader's language, the room."""

    process: Process
    visited: frozenset[str]
    active: frozenset[str]
    language: str
    size: Size

    def say(self, words: Text) -> str:
        """*words* in the reader's language."""
        return words.pick(self.language)


def draw(
    process: Process, visited: Collection[str], active: Collection[str], end: str, language: str, size: Size = WIDE
) -> str:
    """The SVG element; a length is given in rem, so that it grows with the reader's letters."""
    pen, pad = Pen(process, frozenset(visited), frozenset(active), language, size), size.pad
    started = _pill(pen.say(START), "seen")
    closing = process.end_named("done")
    tail = [_pill(pen.say(closing.title), "seen" if end == "done" else "")] if closing else []
    whole = _stack([started, *(_block(pen, step) for step in process.steps), *tail])
    width, height = whole.left + whole.right + 2 * pad, whole.height + 2 * pad
    here = pen.say(listed(process.index[name][0].title for name in process.index if name in pen.active))
    label = f"{pen.say(PICTURE)} {pen.say(process.title)}" + (f" {pen.say(NOW_AT)} {here}" if here else "")
    kind = "broad" if size.beside else "slim"
    return (
        f'<svg class="diagram {kind}" role="img" aria-label="{escape(label)}" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width / _REM:g}rem" height="{height / _REM:g}rem">'
        f"{_at(whole.left + pad, pad, whole.parts)}</svg>"
    )


def code(link: str) -> str:
    """A QR code of *link* as an SVG element."""
    return segno.make(link, error="m").svg_inline(omitsize=True, border=1, svgclass="qr", lineclass=None)


def width_of(words: str, size: float = 14) -> float:
    """About how wide *words* are in pixels: a Chinese letter is as wide as it is high."""
    return sum(size if east_asian_width(letter) in "WF" else size * 0.56 for letter in words)


def _at(x: float, y: float, parts: Sequence[str]) -> str:
    return f'<g transform="translate({x:g} {y:g})">{"".join(parts)}</g>'


def _text(x: float, y: float, words: str, css: str = "", anchor: str = "middle") -> str:
    kind = f' class="{css}"' if css else ""
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}"{kind}>{escape(words)}</text>'


def _cut(words: str, room: float, size: float = 16) -> str:
    while words and width_of(words, size) > room:
        words = words[:-2] + "…" if words.endswith("…") else words[:-1] + "…"
    return words


def _lines(words: str, room: float) -> list[str]:
    """*words* on one line, or on two of one length of which the second may be cut; Latin words stay whole."""
    whole, first = width_of(words, 16), ""
    if whole <= room:
        return [words]
    for piece in _PIECE.findall(words):
        if first and width_of(first + piece, 16) > min(room, whole / 2 + 8):
            break
        first += piece
    return [_cut(first.strip(), room), _cut(words[len(first) :].strip(), room)]


def _pill(words: str, state: str) -> Block:
    half = max(width_of(words, 16) / 2 + 20, 44)
    box = f'<rect class="box" x="{-half:g}" y="0" width="{2 * half:g}" height="36" rx="18"/>'
    return Block(half, half, 36, (f'<g class="{state}">{box}{_text(0, 23, words)}</g>',))


def _block(pen: Pen, step: Step) -> Block:
    """A step, and under it the small steps of its exits."""
    block, ways = _body(pen, step), _ways(pen, step)
    return _fork(pen, block, ways) if ways else block


def _body(pen: Pen, step: Step) -> Block:
    if step.inside == "in_order":
        return _framed(pen, step)
    box = _box(pen, step)
    return _fork(pen, box, [Way(_label(pen, one), one.steps) for one in step.lists]) if step.lists else box


def _ways(pen: Pen, step: Step) -> list[Way]:
    """The ways on from a step with small steps in its exits: theirs, and the straight one if another exit takes it."""
    longer = [taken for taken in step.outcomes if taken.steps]
    plain = [pen.say(taken.title) for taken in step.outcomes if not taken.steps and taken.then.kind == "next"]
    straight = [Way(" / ".join(plain), ())] if longer and plain else []
    return [*straight, *(Way(pen.say(taken.title), taken.steps, _goal(pen, taken.then)) for taken in longer)]


def _state(pen: Pen, step: Step) -> str:
    kind = "auto " if step.by_itself and not step.lists else ""
    if step.id in pen.active:
        return kind + "now"
    return kind + ("seen" if step.id in pen.visited else "")


def _box(pen: Pen, step: Step) -> Block:
    sides = [line for taken in step.outcomes if (line := _side(pen, taken))]
    wide, beside = pen.size.box, pen.size.beside
    titles = _lines(pen.say(step.title), wide - 16)
    height = max(HEIGHT, LINE * (len(titles) + 1), LINE * len(sides) + 4 if beside else 0)
    box = f'<rect class="box" x="{-wide / 2:g}" y="0" width="{wide:g}" height="{height}" rx="6"/>'
    top = height / 2 + 6 - (len(titles) - 1) * LINE / 2
    words = "".join(_text(0, top + LINE * i, title) for i, title in enumerate(titles))
    parts = [f'<g class="{_state(pen, step)}">{box}{words}</g>']
    reach = max((width_of(line) for line in sides), default=0)
    if beside or not sides:
        first = height / 2 + 5 - (len(sides) - 1) * LINE / 2
        parts += [_text(wide / 2 + 12, first + LINE * i, line, "side", "start") for i, line in enumerate(sides)]
        return Block(wide / 2, wide / 2 + (reach + 16 if sides else 0), height, tuple(parts))
    under = height + LINE * len(sides) + 8
    parts.append(f'<path class="wire" d="M0 {height:g}V{under:g}"/>')
    parts += [_text(10, height + 4 + LINE * (i + 1) - 5, line, "side", "start") for i, line in enumerate(sides)]
    return Block(wide / 2, max(wide / 2, reach + 14), under, tuple(parts))


def _side(pen: Pen, taken: Exit) -> str:
    """How an exit that leaves the straight way is told beside its step; "" for one that goes on or has own steps."""
    goal = "" if taken.steps else _goal(pen, taken.then)
    return f"{pen.say(taken.title)} {goal}" if goal else ""


def _goal(pen: Pen, target: Target) -> str:
    if target.kind == "end":
        known = pen.process.end_named(target.name)
        return f"→ {pen.say(known.title) if known else target.name}"
    if target.kind == "back":
        step = pen.process.index.get(target.name)
        return f"↩ {pen.say(step[0].title if step else START)}"
    return ""


def _stack(blocks: Sequence[Block]) -> Block:
    """Blocks one under the other, joined by arrows."""

    def join(above: Block, below: Block) -> Block:
        top = above.height + GAP
        arrow = f'<path class="wire" d="M0 {above.height:g}V{top - 7:g}"/>'
        tip = f'<path class="cap" d="M-4.5 {top - 8:g}h9L0 {top - 1:g}z"/>'
        parts = (*above.parts, arrow, tip, _at(0, top, below.parts))
        return Block(max(above.left, below.left), max(above.right, below.right), top + below.height, parts)

    return reduce(join, blocks) if blocks else Block(0, 0, 0)


def _fork(pen: Pen, head: Block, ways: Sequence[Way]) -> Block:
    """Ways under *head*, side by side where there is room for them."""
    if not pen.size.beside and len(ways) > _FIT:
        return _listed(pen, head, ways)
    wide, between = pen.size.box, pen.size.between
    labels = [_cut(way.label, wide / (1 if pen.size.beside else 2), 14) for way in ways]
    lists = [_ending(_stack([_block(pen, inner) for inner in way.steps]), way.goal) for way in ways]
    lists = [Block(max(b.left, wide / 2), max(b.right, wide / 2), b.height, b.parts) for b in lists]
    total = sum(b.left + b.right for b in lists) + between * (len(lists) - 1)
    deepest = max((b.height for b in lists), default=0)
    top, foot = head.height + 56, head.height + 56 + deepest + (20 if len(ways) > 1 else 0)
    begin = -total / 2 if len(ways) > 1 else -lists[0].left
    x, parts, axes, meeting = begin, list(head.parts), [], [0.0]
    for block, label, way in zip(lists, labels, ways, strict=True):
        axis = x + block.left
        axes.append(axis)
        down = f"M{axis:g} {top - 36:g}V{top:g}"
        if not way.goal:
            meeting.append(axis)
            down += f"M{axis:g} {top + block.height:g}V{foot:g}"
        parts += [f'<path class="wire" d="{down}"/>', _text(axis + 8, top - 14, label, "side", "start")]
        parts.append(_at(axis, top, block.parts))
        x += block.left + block.right + between
    ends = f"M{min(0, axes[0]):g} {top - 36:g}H{max(0, axes[-1]):g}M{min(meeting):g} {foot:g}H{max(meeting):g}"
    parts.append(f'<path class="wire" d="M0 {head.height:g}V{top - 36:g}{ends}"/>')
    return Block(max(-begin, head.left), max(begin + total, head.right), foot, tuple(parts))


def _listed(pen: Pen, head: Block, ways: Sequence[Way]) -> Block:
    """Ways one under the other, each in a frame with its name: more of them than fit a phone side by side."""
    left, right, height, parts = head.left, head.right, head.height + 20, list(head.parts)
    parts.append(f'<path class="wire" d="M0 {head.height:g}V{height:g}"/>')
    for way in ways:
        inner = _stack([_block(pen, step) for step in way.steps])
        frame = _frame(pen, way.label, inner, [way.goal] if way.goal else [])
        parts.append(_at(0, height, frame.parts))
        left, right = max(left, frame.left), max(right, frame.right)
        height += frame.height + pen.size.between
    return Block(left, right, height - pen.size.between, tuple(parts))


def _ending(block: Block, goal: str) -> Block:
    """A way with where it leads written at its foot, if it leads elsewhere."""
    if not goal:
        return block
    wire = f'<path class="wire" d="M0 {block.height:g}V{block.height + LINE + 4:g}"/>'
    said = _text(10, block.height + LINE - 1, goal, "side", "start")
    right = max(block.right, width_of(goal) + 14)
    return Block(block.left, right, block.height + LINE + 4, (*block.parts, wire, said))


def _label(pen: Pen, branch: Branch) -> str:
    """What is written over a branch: its condition, or its name where that is a word and no key."""
    if branch.if_ is not None:
        return branch.if_.text
    if not branch.name.isascii():
        return branch.name
    return pen.say(ELSE) if branch.name == "else" else ""


def _framed(pen: Pen, step: Step) -> Block:
    """A frame round the steps inside, its own exits written at its foot."""
    inner = _stack([_block(pen, item) for item in step.lists[0].steps])
    return _frame(pen, pen.say(step.title), inner, [line for taken in step.outcomes if (line := _side(pen, taken))])


def _frame(pen: Pen, title: str, inner: Block, feet: Sequence[str]) -> Block:
    """A frame with its title and what stands at its foot."""
    left = inner.left + pen.size.inset
    right = max(inner.right + pen.size.inset, *(width_of(line) + 32 - left for line in (*feet, title)))
    height = 44 + inner.height + 20 + LINE * len(feet)
    frame = f'<rect class="group" x="{-left:g}" y="0" width="{left + right:g}" height="{height:g}" rx="8"/>'
    parts = [frame, _text(-left + 12, 24, title, "side", "start"), _at(0, 40, inner.parts)]
    foot = 40 + inner.height + 24
    parts += [_text(-left + 12, foot + LINE * i, line, "side", "start") for i, line in enumerate(feet)]
    return Block(left, right, height, tuple(parts))
