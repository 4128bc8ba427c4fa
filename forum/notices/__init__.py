"""What members hear of the forum: the kinds of news, and who is told when something happens."""
