"""What a process needs to run: log, progress on the terminal, child processes, ports."""
