"""The mails that were sent, shown to administrators where no mail server is set."""
