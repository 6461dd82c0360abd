"""The pages of the application; each asks a service and shows."""
