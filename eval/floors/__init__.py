"""Symbolic references: ceilings, the tracer, and what answers by likeness without any rule."""
