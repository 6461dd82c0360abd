"""The dispatch loop: from queued messages to submit_sm, and from receipts to final states."""
