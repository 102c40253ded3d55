"""What a graph projector costs: time, memory and floating-point operations, measured, and at 7 billion weights."""
