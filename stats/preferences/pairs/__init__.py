"""One of two outputs, or neither: strengths of arms, and what could be wrong with the votes."""
