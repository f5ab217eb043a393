"""What the UN's directories say: messages, segments, elements, codes; those shipped, and those that a site imports."""
