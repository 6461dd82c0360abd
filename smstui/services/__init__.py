"""Use cases, one a module: async, no Textual."""
