"""One's own settings: profile, account, alerts, display."""
