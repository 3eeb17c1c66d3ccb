"""Story to reasons: findings, rules and the engine that runs them."""
