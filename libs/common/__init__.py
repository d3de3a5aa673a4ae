"""What every service of Relais stands on; it knows no service."""
