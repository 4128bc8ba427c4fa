"""What the house learns from its moderators' decisions: a small model of junk and of tone, for each language."""
