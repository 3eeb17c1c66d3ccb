"""Reasons to people and programs: text, Markdown, JSON.

`report` makes a document of blocks (`document`) from an analysis; `terminal` and `markdown` lay it
out. `json` goes its own way: its keys are promised. `command` is what the command line calls.
"""
