"""Who may be meant by an @: those who take part in a question first, then who knows its category."""
