"""The only package that touches files, sockets and processes."""
