"""What administrators do about accounts: read them, set a password, shut and open them, end sessions and tokens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from engine.clock import Micros
from engine.errors import Conflict, KeyReused, NotFound, RongtongError
from engine.i18n import Text, cut, listed
from engine.operations.accounts import passwords
from engine.operations.accounts.rows import OPERATOR, must_administer, must_belong
from engine.operations.admins import require_admin
from engine.operations.context import Caller, Context
from engine.operations.writing import Wish, Written, answered, require_key, write
from engine.store import journal
from engine.store.accounts import accounts, sessions, tokens
from engine.store.transactions.runner import Tx

_ELSEWHERE: Final = Text(
    "这个账号在别处也有身份，不能只由本区县办理。请由运行本系统的人用 rongtong account 办理。",
    "This account is somebody elsewhere too, so this district alone may not do that. Whoever runs the system can, with "
    "rongtong account.",
)
_OTHER_PASSWORD: Final = Text(
    "这个提交编号已经用过，现在的密码却不是这次写的：内容不同，或者后来又设过。换一个编号再提交。",
    "This key was used, and the password is not that of this request: it was another, or one was set since. Send it "
    "with a key of its own.",
)
_ONESELF: Final = Text(
    "不能停用自己的账号。请另一位管理员办理。", "You cannot shut your own account; ask another administrator."
)


@dataclass(frozen=True, slots=True)
class Account:
    """An account as administrators of a district see it.

    ``here`` says whether its person is still one of the district's, ``elsewhere`` whether it is somebody in others too;
    ``sessions`` are all that are open, ``tokens`` those of this district.
    """

    id: str
    login: str
    name: str
    person: str
    unit: str
    here: bool
    disabled: bool
    has_password: bool
    elsewhere: bool
    sessions: int
    tokens: int
    created_at: Micros


@dataclass(frozen=True, slots=True)
class PersonalToken:
    """A personal token of an account for this district; its secret is nowhere."""

    id: str
    account: str
    name: str
    created_at: Micros
    expires_at: Micros


def accounts_of(ctx: Context, caller: Caller) -> tuple[Account, ...]:
    """The accounts of the district's people, by log-in name. Only an administrator reads them."""

    def work(tx: Tx) -> tuple[Account, ...]:
        require_admin(ctx, tx, caller, or_installation=True)
        return tuple(
            Account(row.id, row.login, row.name, row.person, row.short or "", (row.until or 0) > ctx.now,
                    bool(row.disabled), row.password is not None, bool(row.beyond), row.sessions, row.tokens,
                    row.created_at)
            for row in accounts.of_district(tx, ctx.id, ctx.clock.wall())
        )  # fmt: skip

    return ctx.runner.run(work, write=False)


def tokens_of(ctx: Context, caller: Caller, account: str) -> tuple[PersonalToken, ...]:
    """The tokens of *account* that are good for this district, the newest first. Only an administrator reads them."""

    def work(tx: Tx) -> tuple[PersonalToken, ...]:
        require_admin(ctx, tx, caller, or_installation=True)
        must_belong(tx, account, ctx.id)
        return tuple(map(_token, tokens.of_account(tx, account, ctx.id, ctx.clock.wall())))

    return ctx.runner.run(work, write=False)


def _token(row: Any) -> PersonalToken:
    if not isinstance(row.expires_at, int) or not isinstance(row.created_at, int):
        said = Text(f"令牌 {row.id} 的行里，时间读不出来。请作废它。",
                    f"The row of token {row.id} has a moment that cannot be read. Revoke it.")  # fmt: skip
        raise RongtongError(said, code="row_unreadable")
    return PersonalToken(*row)


def reset_password(ctx: Context, caller: Caller, account: str, password: str, *, key: str = "") -> None:
    """Give *account* a new password and end its sessions and its tokens, of whatever district.

    The password is in no journal. To hash one is dear, so it is done for nobody who may not set it, and not again for a
    key that was answered. Raises ``Invalid`` for one that is easily guessed, ``Busy`` while too many are looked at,
    ``KeyReused`` where the key was used for another, or somebody has set one since.
    """
    require_key(key)
    if _was_set(ctx, caller, account, password, key):
        return
    login = ctx.runner.run(lambda tx: _on_whole_by(ctx, tx, caller, account), write=False)
    passwords.required(password, login)
    hashed = passwords.hashed(password, caller.account)

    def work(_ctx: Context, tx: Tx) -> int:
        return accounts.renew_password(tx, account, login, hashed)

    try:
        _on_whole(ctx, caller, account, _setting(account, hashed, key), work)
    except KeyReused:  # perhaps by the same request, sent twice at once: each has a salt of its own
        if not _was_set(ctx, caller, account, password, key):
            raise


def _setting(account: str, hashed: str, key: str) -> Wish:
    """The request to keep *hashed* for *account*.

    Its digest names the password by the salt of the hash, which the row of the account alone holds, and only while that
    password stands: so it tells two requests apart, and the journal keeps nothing that could be tried out.
    """
    return Wish(f"account:{account}", "account.password", {"account": account, "password": hashed}, key)


def _was_set(ctx: Context, caller: Caller, account: str, password: str, key: str) -> bool:
    """Whether this very request was answered under *key*, and its *password* stands."""

    def kept(tx: Tx) -> str | None:
        if not key or journal.find_request(tx, ctx.id, caller.person, key) is None:
            return None
        return accounts.password_of(tx, account) or ""

    hashed = ctx.runner.run(kept, write=False)
    if hashed is None:
        return False
    if not passwords.same(hashed, password, caller.account):
        raise KeyReused(_OTHER_PASSWORD)
    return answered(ctx, caller, key, _setting(account, hashed, key).digest) is not None


def disable(ctx: Context, caller: Caller, account: str, *, key: str = "") -> None:
    """Shut *account*: no password and no token opens it, and its sessions end."""

    def work(ctx: Context, tx: Tx) -> int:
        if account == caller.account or _is_person(tx, ctx, account, caller):
            raise Conflict(_ONESELF, code="own_account")
        return accounts.shut(tx, account)

    _on_whole(ctx, caller, account, _wish(account, "account.disable", key), work)


def enable(ctx: Context, caller: Caller, account: str, *, key: str = "") -> None:
    """Open *account* again; what ended meanwhile does not come back."""
    wish = _wish(account, "account.enable", key)
    _on_whole(ctx, caller, account, wish, lambda _ctx, tx: accounts.reopen(tx, account))


def end_sessions(ctx: Context, caller: Caller, account: str, *, key: str = "") -> None:
    """End every session of *account*, wherever it is open."""
    wish = _wish(account, "account.end_sessions", key)
    _on_whole(ctx, caller, account, wish, lambda _ctx, tx: sessions.end_all(tx, account))


class Press(Protocol):
    """What is done to an account and needs nothing but its id."""

    def __call__(self, ctx: Context, caller: Caller, account: str, *, key: str = "") -> None:
        """Do it."""


#: By the words that doors have for them.
PRESSES: Final[Mapping[str, Press]] = {"disable": disable, "enable": enable, "end-sessions": end_sessions}


def revoke_token(ctx: Context, caller: Caller, account: str, token: str, *, key: str = "") -> None:
    """End the token of *account* for this district that has this id or, as the only one, this name.

    Raises ``NotFound`` where there is none, ``Conflict`` where several of them are called so.
    """

    def work(ctx: Context, tx: Tx) -> Written:
        require_admin(ctx, tx, caller, or_installation=True)
        must_belong(tx, account, ctx.id)
        found = tokens.meant(tx, account, ctx.id, token)
        if not found:
            raise NotFound(Text("没有这个令牌，可能已经作废。", "There is no such token; it may have been revoked."),
                           code="no_token")  # fmt: skip
        if len(found) > 1 and token not in found:
            ids = listed(found)
            raise Conflict(Text(f"有几个令牌叫“{cut(token, 40)}”，写明代号：{ids.zh}。",
                                f"Several tokens are called “{cut(token, 40)}”; name one by its id: {ids.en}."),
                           code="many_tokens")  # fmt: skip
        ended = token if token in found else found[0]
        tokens.end(tx, account, ended)
        return Written({"token": ended}, {"account": account, "token": ended})

    said = {"account": account, "token": token}
    write(ctx, caller, Wish(f"account:{account}", "account.revoke_token", said, key), work)


def _wish(account: str, command: str, key: str) -> Wish:
    return Wish(f"account:{account}", command, {"account": account}, key)


def _on_whole(ctx: Context, caller: Caller, account: str, wish: Wish, work: Callable[[Context, Tx], int]) -> None:
    """Do *work*, which concerns the account wherever it is somebody, once and with a row in this district's journal."""

    def once(ctx: Context, tx: Tx) -> Written:
        _on_whole_by(ctx, tx, caller, account)
        return Written({"account": account}, {"account": account, "changed": work(ctx, tx)})

    write(ctx, caller, wish, once)


def _on_whole_by(ctx: Context, tx: Tx, caller: Caller, account: str) -> str:
    """The log-in name of *account*, which *caller* may change as a whole.

    Who administers nothing is told so first, and alike of whatever account, so that nobody learns which there are.
    """
    require_admin(ctx, tx, caller, or_installation=True)
    login = must_belong(tx, account, ctx.id)
    _must_administer_all(ctx, tx, caller, account)
    return login


def _must_administer_all(ctx: Context, tx: Tx, caller: Caller, account: str) -> None:
    """Raise ``Forbidden`` where the account is somebody in a district that the caller does not administer.

    A password opens all of them, so who could set it here would be that person there.
    """
    mine = {**accounts.persons_of(tx, caller.account), ctx.id: caller.person}
    must_administer(ctx.system, tx, mine if caller.person else OPERATOR, accounts.persons_of(tx, account), _ELSEWHERE)


def _is_person(tx: Tx, ctx: Context, account: str, caller: Caller) -> bool:
    return bool(caller.person) and accounts.persons_of(tx, account).get(ctx.id) == caller.person
