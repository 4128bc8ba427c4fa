"""What members do with one click: thumbs-up, me-too, follow."""
