"""Traffic made by the number, and the measurement of programs that read it."""
