"""Reusable pieces of the screens; they know no service."""
