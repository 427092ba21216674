"""What raters meet: invite, about you, guide and practice, the work, what they did, the end."""
