"""Products on their way: where they go, and how they get there."""
