"""What the head sees of a turn in its context; `extract` puts the parts together."""
