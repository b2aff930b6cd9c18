"""What the database would be: migrations, platform, specification and live catalog as one model."""
