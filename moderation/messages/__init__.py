"""Reported private messages on the desk; what is read and decided is the subject ``accounts.messages``."""
