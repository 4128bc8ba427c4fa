"""A second factor: a code of an app on the member's phone, asked for after the password or the mailed link."""
