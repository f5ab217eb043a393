"""The wires: each module one transport or receiver, strangers to one another. Found by entry point."""
