"""Captures that are still going on: sockets, processes, and files that grow."""
