"""What the bank knows: its nouns, their lives, its books, its rules and its values."""
