"""What waits too long in the queue, and danger that comes in, is told to people."""
