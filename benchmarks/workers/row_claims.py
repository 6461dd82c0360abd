"""The books of one campaign on PostgreSQL as queues in tables are commonly written: messages are claimed row by row.

`URL CAMPAIGN COUNT`. One transaction claims a group of rows with SKIP LOCKED, writes the outcomes of the group before
and the receipts of the one before that, each with executemany, which psycopg sends in a pipeline. Prints messages a
second.
"""

import gc
import sys
import time

import psycopg
from sqlalchemy.engine import make_url

from benchmarks.workers.books import GROUP, smsc_id

_INDEX = "CREATE INDEX IF NOT EXISTS ix_message_queued ON message (campaign_id, id) WHERE state = 'queued'"
"""What makes row claims fast; ranges don't need it."""
_CLAIM = """
    UPDATE message SET state = 'in flight', sent_at = %s WHERE id IN (
        SELECT id FROM message WHERE campaign_id = %s AND state = 'queued' ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)
    RETURNING id, destination
"""
_OUTCOME = """
    UPDATE message SET state = 'accepted', connection_id = 1, smsc_id = %s, smsc_id_key = %s, accepted_parts = 1,
        answered_at = %s WHERE id = %s
"""
_RECEIPT = """
    UPDATE message SET state = 'delivered', final_at = %s
    WHERE connection_id = 1 AND smsc_id_key = %s AND state = 'accepted'
"""


def row_claims(url: str, campaign: int, count: int) -> float:
    """Messages a second."""
    address = make_url(url)
    host = str(address.query["host"])
    with psycopg.connect(host=host, user=address.username, dbname=address.database, autocommit=True) as session:
        session.execute(_INDEX)
        session.execute("ANALYZE message")
        gc.collect()
        began = time.perf_counter()
        claimed: list[int] = []
        answered: list[int] = []
        receipted = 0
        while receipted < count:
            with session.transaction(), session.cursor() as cursor:
                cursor.executemany(_RECEIPT, [(1, smsc_id(one)) for one in answered])
                receipted += len(answered)
                cursor.executemany(_OUTCOME, [(smsc_id(one), smsc_id(one), 1, one) for one in claimed])
                answered = claimed
                cursor.execute(_CLAIM, (1, campaign, GROUP))
                claimed = [row[0] for row in cursor]
        seconds = time.perf_counter() - began
        session.execute("DELETE FROM batch WHERE campaign_id = %s", (campaign,))
    return count / seconds


if __name__ == "__main__":
    print(row_claims(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
