"""What a message is checked by: its structure, its elements and codes, its characters, under the profiles that hold."""
