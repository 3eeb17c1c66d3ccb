"""Reasons to people: terminal, JSON, Markdown."""
