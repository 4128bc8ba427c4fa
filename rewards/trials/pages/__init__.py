"""The pages of trials for members and visitors, and the news they get."""
