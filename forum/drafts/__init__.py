"""What is being typed and not sent yet."""
