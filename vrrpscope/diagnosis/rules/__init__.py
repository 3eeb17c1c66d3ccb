"""One rule, one file. Modules here are discovered, not registered."""
