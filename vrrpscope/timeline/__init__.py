"""Meaning to story: streaks, tenures, hand-overs."""
