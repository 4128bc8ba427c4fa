"""Masks: a member who asks without their name speaks as nobody in particular."""
