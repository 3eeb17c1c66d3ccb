"""What keeps the project in order: installing, checking, generating documentation."""
