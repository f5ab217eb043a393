"""The canonical documents and the values of each stage; imports nothing of ours but itself."""
