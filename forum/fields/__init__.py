"""What a category asks besides title and text: a model, an error code, the stage of an order."""
