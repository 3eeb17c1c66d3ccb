"""The loop over plain records as machine code: the same answers, twenty times as fast."""
