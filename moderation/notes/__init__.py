"""What staff note about a member, for each other only."""
