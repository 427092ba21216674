"""What a study asks and of whom: frozen values, from which forms, rows and exports come."""
