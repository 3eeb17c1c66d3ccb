"""What is worth a line while it happens: the story as events, in the order of time."""
