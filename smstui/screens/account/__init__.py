"""Entering: log in, sign up, welcome, certification of a number."""
