"""The tables of what binds do, of which little is kept."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table

from smstui.storage.columns import Id, Instant, metadata, primary_id

bind_sample = Table(
    "bind_sample",
    metadata,
    Column("connection_id", Id, ForeignKey("connection.id"), primary_key=True),
    Column("bind", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, primary_key=True),
    Column("in_flight", Integer, nullable=False, comment="submit_sm awaiting their response at that instant"),
    Column("accepted", Integer, nullable=False, comment="submit_sm since the sample before"),
    Column("rejected", Integer, nullable=False),
    Column("throttled", Integer, nullable=False),
    Column("unknown", Integer, nullable=False),
    Column("response_ms", Integer, nullable=True, comment="mean time to the response; null without responses"),
    Column("allowed_rate", Integer, nullable=True, comment="submit_sm a second that throttling has taught; null: none"),
)

smsc_refusal = Table(
    "smsc_refusal",
    metadata,
    Column("connection_id", Id, ForeignKey("connection.id"), primary_key=True),
    Column("status", BigInteger, primary_key=True, autoincrement=False, comment="command_status of a submit_sm_resp"),
    Column("count", BigInteger, nullable=False),
    Column("last_at", Instant, nullable=False),
)

recent_receipt = Table(
    "recent_receipt",
    metadata,
    primary_id(),
    Column("connection_id", Id, ForeignKey("connection.id"), nullable=False),
    Column("smsc_id", String(65), nullable=False),
    Column("state", String(24), nullable=True, comment="null for an intermediate or unknown one"),
    Column("word", String(64), nullable=False, comment="the SMSC's own word and code"),
    Column("received_at", Instant, nullable=False),
    Index(None, "connection_id", "id"),
)
