"""What the RFCs say about VRRP: pure functions and values, no I/O, no clock."""
