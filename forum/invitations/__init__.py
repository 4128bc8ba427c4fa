"""Invite a named member to answer a question: few a day, never twice, and easy to decline for good."""
