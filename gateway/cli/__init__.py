"""The command line: `pierhead`. One module per group of commands, no logic of its own."""
