"""How much and how fast a member may write: the settings, and the pace they set."""
