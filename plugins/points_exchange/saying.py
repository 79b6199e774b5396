"""What there is of points and what is lacking, in one way for refusals, for the checks beside a form and for pages."""

from __future__ import annotations

from engine.extend import Text
from plugins.points_exchange.rules import Lack, shown


def lacking(lack: Lack, available: int, needed: int) -> Text:
    """Why an account with *available* hundredths gives none; *needed* is what it would take, or the least there is."""
    have, need = shown(available), shown(needed)
    if lack == "small":
        return Text("这笔太小，抵不了。", "This bill is too small for points.")
    if not available:
        return Text(f"没有可用的积分：现有{have}分。", f"There are no points to spend: {have} there.")
    if lack == "few":
        zh, en = (
            f"积分太少：现有{have}分，满{need}分才能用。",
            f"Too few points: {have} there, and {need} are the least.",
        )
        return Text(zh, en)
    short = shown(needed - available)
    zh = f"积分不够：需{need}分，现有{have}分，还差{short}分。"
    return Text(zh, f"Not enough points: {need} needed, {have} there, {short} missing.")


def enough(available: int, needed: int) -> Text:
    """That what is needed is there."""
    need, have = shown(needed), shown(available)
    return Text(f"积分够：需{need}分，现有{have}分。", f"Enough points: {need} needed, {have} there.")
