"""What is looked at in a text before it is stored: personal data, words, links, and the policies of categories."""
