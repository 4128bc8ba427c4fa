"""Private messages between two members, or a member and the team."""
