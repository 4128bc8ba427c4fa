"""The staff desk: its shell, settings and audit pages."""
