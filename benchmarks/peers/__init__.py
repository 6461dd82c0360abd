"""Other SMPP clients, each a program that takes a `Task` as JSON and prints its rate."""
