"""Tables, engines, locks and migrations."""
