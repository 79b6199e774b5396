"""The hub: accounts, sessions, tokens, memberships, and which database a district lives in. It is no district's."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, MetaData, Table, Text

hub_metadata = MetaData(naming_convention={"pk": "pk_%(table_name)s", "fk": "fk_%(table_name)s_%(column_0_N_name)s"})

account = Table(
    "account",
    hub_metadata,
    Column("id", Text, primary_key=True),
    Column("login", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("password", Text, nullable=True),  # an argon2 hash; none means that no password opens it
    Column("language", Text, nullable=False),
    Column("elder", BigInteger, nullable=False),
    Column("disabled", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Index("uq_account_login", "login", unique=True),
)

#: Wrong passwords in a row: for a name, whether or not an account has it, of an address, or for a name where it is
#: familiar. ``id`` is a digest of what is counted.
attempt = Table(
    "attempt",
    hub_metadata,
    Column("id", Text, primary_key=True),
    Column("failures", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),  # wall time of the last one
    Index("ix_attempt_at", "at"),
)

#: Where an account has logged in before: ``id`` is a digest of its name and the address, under the key of the cookies.
familiar = Table(
    "familiar",
    hub_metadata,
    Column("id", Text, primary_key=True),
    Column("account", Text, ForeignKey("account.id"), nullable=False),
    Column("at", BigInteger, nullable=False),  # wall time of the last log-in from there
    Index("ix_familiar_account", "account", "at"),
    Index("ix_familiar_at", "at"),
)

#: ``id`` is the digest of the secret in the cookie, so that a stolen table opens nothing.
session = Table(
    "session",
    hub_metadata,
    Column("id", Text, primary_key=True),
    Column("account", Text, ForeignKey("account.id"), nullable=False),
    Column("data", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Index("ix_session_account", "account"),
    Index("ix_session_expires", "expires_at"),
)

token = Table(
    "token",
    hub_metadata,
    Column("id", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("account", Text, ForeignKey("account.id"), nullable=False),
    Column("district_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("used_at", BigInteger, nullable=True),
    Index("uq_token_digest", "digest", unique=True),
)

#: An account is this person in that district.
membership = Table(
    "membership",
    hub_metadata,
    Column("account", Text, ForeignKey("account.id"), primary_key=True),
    Column("district_id", Text, primary_key=True),
    Column("person", Text, nullable=False),
)

#: What signs cookies, where the installation is given no key of its own: the first is made by whoever comes first, the
#: last signs.
signing_key = Table(
    "signing_key",
    hub_metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("secret", Text, nullable=False),
    Column("made_at", BigInteger, nullable=False),
)

#: Which database a district lives in; an empty URL means this one.
placement = Table(
    "placement",
    hub_metadata,
    Column("district_id", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("position", BigInteger, nullable=False),
)
