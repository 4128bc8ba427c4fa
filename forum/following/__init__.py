"""Follow a category, a topic, a product or a member: hear of what is new there. Questions: ``forum.reactions.following``."""
