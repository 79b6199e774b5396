"""A process drawn as an SVG from top to bottom, with where a case has been and where it is now."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Final
from unicodedata import east_asian_width

import segno
from markupsafe import escape

from engine.definition.model import Branch, Choose, Do, Exit, Parallel, Process, Stage, Step, Target, Wait
from engine.i18n import Text

BOX: Final = 184
HEIGHT: Final = 44
GAP: Final = 28
LINE: Final = 20
PAD: Final = 16
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


@dataclass(frozen=True)
class Pen:
    """What the drawing has to know: the process, the state of the case, the reader's language."""

    process: Process
    visited: frozenset[str]
    active: frozenset[str]
    end: str
    language: str

    def say(self, words: Text) -> str:
        """*words* in the reader's language."""
        return words.pick(self.language)


def draw(process: Process, visited: Collection[str], active: Collection[str], end: str, language: str) -> str:
    """The SVG element; a length is given in rem, so that it grows with the reader's letters."""
    pen = Pen(process, frozenset(visited), frozenset(active), end, language)
    started = _pill(pen.say(START), "seen")
    closing = process.end_named("done")
    tail = [_pill(pen.say(closing.title), "seen" if end == "done" else "")] if closing else []
    whole = _stack([started, *(_block(pen, step) for step in process.steps), *tail])
    width, height = whole.left + whole.right + 2 * PAD, whole.height + 2 * PAD
    here = "、".join(pen.say(process.index[name][0].title) for name in active if name in process.index)
    label = f"{pen.say(PICTURE)} {pen.say(process.title)}" + (f" {pen.say(NOW_AT)} {here}" if here else "")
    return (
        f'<svg class="diagram" role="img" aria-label="{escape(label)}" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width / _REM:g}rem" height="{height / _REM:g}rem">'
        f"{_at(whole.left + PAD, PAD, whole.parts)}</svg>"
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


def _pill(words: str, state: str) -> Block:
    half = max(width_of(words, 16) / 2 + 20, 44)
    box = f'<rect class="box" x="{-half:g}" y="0" width="{2 * half:g}" height="36" rx="18"/>'
    return Block(half, half, 36, (f'<g class="{state}">{box}{_text(0, 23, words)}</g>',))


def _block(pen: Pen, step: Step) -> Block:
    if isinstance(step, Stage):
        return _stage(pen, step)
    if isinstance(step, (Choose, Parallel)):
        return _fork(pen, step, step.branches)
    return _box(pen, step)


def _state(pen: Pen, step: Step) -> str:
    kind = "auto " if isinstance(step, (Do, Wait)) else ""
    if step.id in pen.active:
        return kind + "now"
    return kind + ("seen" if step.id in pen.visited else "")


def _box(pen: Pen, step: Step) -> Block:
    sides = [line for taken in step.outcomes if (line := _side(pen, taken))]
    height = max(HEIGHT, LINE * len(sides) + 4)
    title = _cut(pen.say(step.title), BOX - 16)
    box = f'<rect class="box" x="{-BOX / 2}" y="0" width="{BOX}" height="{height}" rx="6"/>'
    parts = [f'<g class="{_state(pen, step)}">{box}{_text(0, height / 2 + 6, title)}</g>']
    first = height / 2 + 5 - (len(sides) - 1) * LINE / 2
    parts += [_text(BOX / 2 + 12, first + LINE * i, line, "side", "start") for i, line in enumerate(sides)]
    reach = max((width_of(line) for line in sides), default=0)
    return Block(BOX / 2, BOX / 2 + (reach + 16 if sides else 0), height, tuple(parts))


def _side(pen: Pen, taken: Exit) -> str:
    """How an exit that leaves the straight way is told beside its step; "" for one that goes on."""
    goal = _goal(pen, taken.then)
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


def _fork(pen: Pen, step: Step, branches: Sequence[Branch]) -> Block:
    """Branches side by side under the step's own box."""
    head = _box(pen, step)
    labels = [_cut(_label(pen, branch), BOX, 14) for branch in branches]
    lists = [_stack([_block(pen, inner) for inner in branch.steps]) for branch in branches]
    lists = [Block(max(b.left, BOX / 2), max(b.right, BOX / 2), b.height, b.parts) for b in lists]
    total = sum(b.left + b.right for b in lists) + 24 * (len(lists) - 1)
    deepest = max((b.height for b in lists), default=0)
    top, x, parts = head.height + 56, -total / 2, list(head.parts)
    axes = []
    for block, label in zip(lists, labels, strict=True):
        axis = x + block.left
        axes.append(axis)
        down = f"M{axis:g} {top - 36:g}V{top:g}M{axis:g} {top + block.height:g}V{top + deepest + 20:g}"
        parts += [f'<path class="wire" d="{down}"/>', _text(axis + 8, top - 14, label, "side", "start")]
        parts.append(_at(axis, top, block.parts))
        x += block.left + block.right + 24
    ends = f"M{axes[0]:g} {top - 36:g}H{axes[-1]:g}M{axes[0]:g} {top + deepest + 20:g}H{axes[-1]:g}"
    parts.append(f'<path class="wire" d="M0 {head.height:g}V{top - 36:g}{ends}"/>')
    return Block(max(total / 2, head.left), max(total / 2, head.right), top + deepest + 20, tuple(parts))


def _label(pen: Pen, branch: Branch) -> str:
    """What is written over a branch: its condition, or its name where that is a word and no key."""
    if branch.if_ is not None:
        return branch.if_.text
    if not branch.name.isascii():
        return branch.name
    return pen.say(ELSE) if branch.name == "else" else ""


def _stage(pen: Pen, step: Stage) -> Block:
    """A frame round the steps inside, its own exits written at its foot."""
    inner = _stack([_block(pen, item) for item in step.steps])
    sides = [line for taken in step.outcomes if (line := _side(pen, taken))]
    title = pen.say(step.title)
    left = inner.left + 20
    right = max(inner.right + 20, *(width_of(line) + 32 - left for line in (*sides, title)))
    height = 44 + inner.height + 20 + LINE * len(sides)
    frame = f'<rect class="group" x="{-left:g}" y="0" width="{left + right:g}" height="{height:g}" rx="8"/>'
    parts = [frame, _text(-left + 12, 24, title, "side", "start"), _at(0, 40, inner.parts)]
    foot = 40 + inner.height + 24
    parts += [_text(-left + 12, foot + LINE * i, line, "side", "start") for i, line in enumerate(sides)]
    return Block(left, right, height, tuple(parts))
