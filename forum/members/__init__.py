"""What the forum shows of a member: the public profile and the directory of experts."""
