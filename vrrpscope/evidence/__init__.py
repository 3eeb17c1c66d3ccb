"""What a router was told: configurations, and the lines they stand on."""
