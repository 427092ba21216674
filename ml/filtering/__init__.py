"""Pass rows through stages that keep them or give a reason, and keep the reasons."""
