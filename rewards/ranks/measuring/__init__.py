"""What ranks measure of posts, kept written."""
