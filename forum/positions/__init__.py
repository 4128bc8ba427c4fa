"""How far a member has read a question: what is new since the last visit, and the way to it."""
