"""The pages of calendars at the desk."""
