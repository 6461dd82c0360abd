"""The guide's settings: senders and SMSC connections."""
