"""What one document says of another: findings where they disagree, and documents that follow from others. Pure."""
