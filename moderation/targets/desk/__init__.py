"""The pages of targets at the desk."""
