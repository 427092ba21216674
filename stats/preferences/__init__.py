"""What people prefer: one of two outputs, or an order of several."""
